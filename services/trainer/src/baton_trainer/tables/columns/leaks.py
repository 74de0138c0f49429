"""Finds leaks, which give the target away, and columns that repeat another one.

A column that is only known after the outcome makes the metrics perfect and the model useless. Only
the user can judge this, so the column is kept with a warning.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.util import hash_array
from scipy.special import gammaln
from scipy.stats import rankdata
from sklearn.metrics import balanced_accuracy_score
from sklearn.tree import DecisionTreeClassifier

from baton_registry.versions.output_schema import BINARY_CLASSES, Label
from baton_trainer.tables.columns.value_leaks import find_value_leaks, is_target

PERFECT = 0.999
"""A single column that predicts the target this well is a leak."""
CHANCE = 1e-6
"""Columns repeat each other only if chance makes any two of them equal less often than this."""
MAX_NAMED = 20
"""If more columns have the same warning, only this many have a line of their own."""

_MIN_CLASS_ROWS = 10
"""A column of noise can separate fewer rows."""
_MAX_ROWS = 50_000
_ROWS_PER_VALUE = 10

_Codes = NDArray[np.intp]


def list_warnings(features: pd.DataFrame, target: pd.Series, positive: Label | None) -> list[str]:
    """Warns about each column that is the target, gives it away, or repeats another column.

    Args:
        features: shape `[rows, columns]`, typed.
        target: shape `[rows]`.
        positive: one of two classes; None if there are more.
    """
    # Codes follow the first occurrence: columns that differ only in their words have equal codes.
    codes = {str(name): pd.factorize(features[name])[0] for name in features}
    labels, _ = pd.factorize(target)
    if target.dtype.kind == "f":  # the values of a regression
        same = {name: None for name in features if is_target(features[name], target)}
        others = find_value_leaks(features.drop(columns=[*same]), codes, target)
    else:
        same = {name: None for name, values in codes.items() if np.array_equal(values, labels)}
        others = _find_leaks(features.drop(columns=[*same]), codes, target, positive)
    advice = "if it is unknown when you predict, leave it out: --drop"
    in_every_row = f"the target {target.name!r} in every row"
    almost = f"the target {target.name!r} almost perfectly"
    return [
        *limit_lines(
            [f"column {name!r} matches {in_every_row}; {advice} {name}" for name in same],
            f"match {in_every_row}",
        ),
        *limit_lines(
            [f"column {name!r} alone predicts {almost}; {advice} {name}" for name in others],
            f"alone predict {almost}",
        ),
        *limit_lines(_list_repetitions(features, codes), "repeat another column in every row"),
    ]


def limit_lines(lines: Sequence[str], verb: str) -> list[str]:
    """Returns the first lines, each about a column, and one that counts the others."""
    rest = len(lines) - MAX_NAMED
    return [*lines] if rest <= 0 else [*lines[:MAX_NAMED], f"{rest:,} more columns {verb}"]


def _list_repetitions(features: pd.DataFrame, codes: Mapping[str, _Codes]) -> list[str]:
    lines: list[str] = []
    first: dict[bytes, str] = {}
    for name, values in codes.items():
        pattern = _build_pattern(features[name], values, len(codes))
        if pattern is not None and (before := first.setdefault(pattern, name)) != name:
            lines.append(f"column {name!r} repeats column {before!r} in every row")
    return lines


def _build_pattern(column: pd.Series, codes: _Codes, columns: int) -> bytes | None:
    """Returns a pattern that only a repeated column shares; None if chance might produce it.

    If many rows share a value, the pattern says which rows do. If hardly any do, all such columns
    would have the same pattern, so it holds the values instead. Missing values prove nothing:
    columns that were measured together are missing together.
    """
    sizes = np.bincount(codes[codes >= 0])
    arrangements = gammaln(sizes.sum() + 1) - gammaln(sizes + 1).sum()
    enough = np.log(columns**2 / CHANCE)
    if arrangements - gammaln(np.bincount(sizes) + 1).sum() >= enough:
        return codes.tobytes()
    return hash_array(column.to_numpy()).tobytes() if arrangements >= enough else None


def _find_leaks(
    features: pd.DataFrame, codes: Mapping[str, _Codes], target: pd.Series, positive: Label | None
) -> list[str]:
    """Returns the columns that alone predict the target, on a sample of the rows."""
    rows = np.unique(np.linspace(0, len(target) - 1, _MAX_ROWS, dtype=np.intp))
    labels, classes = pd.factorize(target)
    truth = labels[rows]
    if np.bincount(truth, minlength=len(classes)).min() < _MIN_CLASS_ROWS:
        return []
    is_binary = len(classes) == BINARY_CLASSES
    index = [*classes].index(positive) if is_binary and positive is not None else None
    return [
        str(name)
        for name, column in features.items()
        if _predicts(codes[str(name)][rows], truth)
        or _separates(_select_numbers(column, rows), truth, index)
    ]


def _select_numbers(column: pd.Series, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    """Returns some rows of a column of numbers; None if it has none."""
    is_number = column.dtype.kind in "if"
    return column.to_numpy(np.float64)[rows] if is_number else None


def _predicts(codes: _Codes, truth: _Codes) -> bool:
    """Whether a column of few values predicts the target by the main class of each value."""
    has_few = bool(codes.max() * _ROWS_PER_VALUE < len(codes))
    return has_few and _score_by_value(codes, truth) >= PERFECT


def _separates(values: NDArray[np.float64] | None, labels: _Codes, positive: int | None) -> bool:
    """Whether a column of numbers predicts the target by thresholds."""
    if values is None:
        return False
    known = ~np.isnan(values)
    numbers, truth = values[known], labels[known]
    if not np.bincount(truth, minlength=labels.max() + 1).all():
        return False
    if positive is not None:
        area = _compute_roc_auc(truth == positive, numbers)
        if max(area, 1 - area) >= PERFECT:
            return True
    return _may_be_intervals(numbers, truth) and _score_by_intervals(numbers, truth) >= PERFECT


def _score_by_value(codes: _Codes, truth: _Codes) -> float:
    """Returns the balanced accuracy of the main class of each value; missing is a value, too."""
    counts = np.zeros((codes.max() + 2, truth.max() + 1))
    np.add.at(counts, (codes, truth), 1)  # a missing value has the code -1: the last row
    shares = counts / counts.sum(axis=0)
    return float(shares.max(axis=1).sum() / shares.shape[1])


def _compute_roc_auc(is_positive: NDArray[np.bool_], numbers: NDArray[np.float64]) -> float:
    """Computes it as scikit-learn does, without its checks, which take 15 ms per column."""
    positives = int(is_positive.sum())
    pairs = positives * (len(numbers) - positives)
    ranks = rankdata(numbers)[is_positive].sum()
    return float((ranks - positives * (positives + 1) / 2) / pairs)


def _may_be_intervals(numbers: NDArray[np.float64], truth: _Codes) -> bool:
    """Whether `_score_by_intervals`, which is slow, can be perfect; it hardly ever is.

    In the order of the numbers, the class changes once between two intervals, and at most twice
    more for each row on the wrong side.
    """
    classes = truth.max() + 1
    along = truth[np.lexsort((truth, numbers))]
    wrong = (1 - PERFECT) * classes * len(along)
    return bool(np.count_nonzero(np.diff(along)) <= 2 * classes - 1 + 2 * wrong)


def _score_by_intervals(numbers: NDArray[np.float64], truth: _Codes) -> float:
    """Returns the balanced accuracy of a few intervals, each with one class."""
    classes = truth.max() + 1
    tree = DecisionTreeClassifier(
        max_leaf_nodes=2 * classes, min_samples_leaf=5, class_weight="balanced", random_state=0
    )
    values = numbers.reshape(-1, 1)
    return float(balanced_accuracy_score(truth, tree.fit(values, truth).predict(values)))
