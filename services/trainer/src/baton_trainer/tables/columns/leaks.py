"""Columns that give the target away, and columns that say the same as another one.

A column that is only known once the outcome is known makes figures perfect and a model useless.
Whether it is one is for the user to judge: it is named, and kept.
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

from baton_registry.versions.schema import Label

PERFECT = 0.999
"""A single column that predicts the target this well gives it away."""
CHANCE = 1e-6
"""Columns repeat each other only if it is less likely that chance made any two of them alike."""
MAX_NAMED = 20
"""Of more columns with the same doubt, only so many have a line of their own."""

_MIN_CLASS_ROWS = 10
"""Fewer rows are told apart by a column of noise."""
_MOST_ROWS = 50_000
_ROWS_A_VALUE = 10
_TWO = 2

_Codes = NDArray[np.intp]


def list_warnings(features: pd.DataFrame, target: pd.Series, positive: Label | None) -> list[str]:
    """A line for each column that is the target, gives it away, or repeats another column.

    Args:
        features: shape `[rows, columns]`, typed.
        target: shape `[rows]`.
        positive: one of two classes; None where there are more.
    """
    # In the order of their first rows: equal codes are the same thing, be it in other words.
    codes = {str(name): pd.factorize(features[name])[0] for name in features}
    goal, _ = pd.factorize(target)
    same = {name: None for name, values in codes.items() if np.array_equal(values, goal)}
    telling = _find_leaks(features.drop(columns=[*same]), codes, target, positive)
    hint = "leave it out if it is not known when predicting: --drop"
    equal = f"says the same as the target {target.name!r} in every row"
    alone = f"alone gives the target {target.name!r} away"
    return [
        *limit_lines([f"column {name!r} {equal}; {hint} {name}" for name in same], equal),
        *limit_lines([f"column {name!r} {alone}; {hint} {name}" for name in telling], alone),
        *limit_lines(
            _list_repetitions(features, codes), "says the same as another column in every row"
        ),
    ]


def limit_lines(lines: Sequence[str], what: str) -> list[str]:
    """The first lines, each about a column, and one that counts the others."""
    rest = len(lines) - MAX_NAMED
    return [*lines] if rest <= 0 else [*lines[:MAX_NAMED], f"each of {rest:,} more columns {what}"]


def _list_repetitions(features: pd.DataFrame, codes: Mapping[str, _Codes]) -> list[str]:
    lines: list[str] = []
    first: dict[bytes, str] = {}
    for name, found in codes.items():
        pattern = _build_pattern(features[name], found, len(codes))
        if pattern is not None and (before := first.setdefault(pattern, name)) != name:
            lines.append(f"column {name!r} says the same as column {before!r} in every row")
    return lines


def _build_pattern(column: pd.Series, codes: _Codes, columns: int) -> bytes | None:
    """What no other of so many columns shares unless it says the same; None if any might.

    Which rows share a value is such a pattern where many do. Where hardly two rows do, any other
    such column has the same pattern, and the values are compared. Gaps prove nothing: columns that
    were measured together are missing together.
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
    """The columns that alone predict the target, judged by some of very many rows."""
    rows = np.unique(np.linspace(0, len(target) - 1, _MOST_ROWS, dtype=np.intp))
    goal, classes = pd.factorize(target)
    truth = goal[rows]
    if np.bincount(truth, minlength=len(classes)).min() < _MIN_CLASS_ROWS:
        return []
    wanted = [*classes].index(positive) if len(classes) == _TWO and positive is not None else None
    return [
        str(name)
        for name, column in features.items()
        if _predicts(codes[str(name)][rows], truth)
        or _separates(_select_numbers(column, rows), truth, wanted)
    ]


def _select_numbers(column: pd.Series, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    """Some rows of a column of numbers; None of another one."""
    is_number = column.dtype.kind in "if"
    return column.to_numpy(np.float64)[rows] if is_number else None


def _predicts(codes: _Codes, truth: _Codes) -> bool:
    """Whether a column of few values predicts the target by each value's most telling class."""
    has_few = bool(codes.max() * _ROWS_A_VALUE < len(codes))
    return has_few and _score_by_value(codes, truth) >= PERFECT


def _separates(values: NDArray[np.float64] | None, goal: _Codes, positive: int | None) -> bool:
    """Whether a column of numbers predicts the target by thresholds."""
    if values is None:
        return False
    known = ~np.isnan(values)
    numbers, truth = values[known], goal[known]
    if not np.bincount(truth, minlength=goal.max() + 1).all():
        return False
    if positive is not None:
        area = _compute_roc_auc(truth == positive, numbers)
        if max(area, 1 - area) >= PERFECT:
            return True
    return _may_be_intervals(numbers, truth) and _score_by_intervals(numbers, truth) >= PERFECT


def _score_by_value(codes: _Codes, truth: _Codes) -> float:
    """The balanced accuracy of each value's most telling class; a gap is a value too."""
    counts = np.zeros((codes.max() + 2, truth.max() + 1))
    np.add.at(counts, (codes, truth), 1)  # the code of a gap is -1: the last row
    shares = counts / counts.sum(axis=0)
    return float(shares.max(axis=1).sum() / shares.shape[1])


def _compute_roc_auc(is_positive: NDArray[np.bool_], numbers: NDArray[np.float64]) -> float:
    """As scikit-learn computes it, without its checks: they take 15 ms a column."""
    positives = int(is_positive.sum())
    pairs = positives * (len(numbers) - positives)
    ranks = rankdata(numbers)[is_positive].sum()
    return float((ranks - positives * (positives + 1) / 2) / pairs)


def _may_be_intervals(numbers: NDArray[np.float64], truth: _Codes) -> bool:
    """Whether `_by_intervals` can be perfect; it is slow, and hardly ever is.

    Along the numbers the class changes once between two intervals, and at most twice more for each
    row that is on the wrong side.
    """
    classes = truth.max() + 1
    along = truth[np.lexsort((truth, numbers))]
    wrong = (1 - PERFECT) * classes * len(along)
    return bool(np.count_nonzero(np.diff(along)) <= 2 * classes - 1 + 2 * wrong)


def _score_by_intervals(numbers: NDArray[np.float64], truth: _Codes) -> float:
    """The balanced accuracy of a few intervals, each of which is one class."""
    classes = truth.max() + 1
    tree = DecisionTreeClassifier(
        max_leaf_nodes=2 * classes, min_samples_leaf=5, class_weight="balanced", random_state=0
    )
    values = numbers.reshape(-1, 1)
    return float(balanced_accuracy_score(truth, tree.fit(values, truth).predict(values)))
