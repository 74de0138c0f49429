"""Columns that give the target away, and columns that say the same as another one.

A column that is only known once the outcome is known makes figures perfect and a model useless.
Whether it is one is for the user to judge: it is named, and kept.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from baton_registry.versions.signature import Label
from baton_trainer.tables.columns import cells

PERFECT = 0.999
"""A single column that predicts the target this well gives it away."""

_MIN_CLASS_ROWS = 10
"""Fewer rows are told apart by a column of noise."""
_MOST_ROWS = 50_000
_ROWS_A_VALUE = 10
_TWO = 2

_Codes = NDArray[np.intp]


def warnings(features: pd.DataFrame, target: pd.Series, positive: Label | None) -> list[str]:
    """A line for each column that is the target, gives it away, or repeats another column.

    Args:
        features: shape `[rows, columns]`, typed.
        target: shape `[rows]`.
        positive: one of two classes; None where there are more.
    """
    # In the order of their first rows: equal codes are the same thing, be it in other words.
    codes = {str(name): pd.factorize(features[name])[0] for name in features}
    goal, _ = pd.factorize(target)
    same = [name for name, values in codes.items() if np.array_equal(values, goal)]
    telling = [
        name
        for name, values in codes.items()
        if name not in same and _gives_away(features[name], values, target, positive)
    ]
    hint = "leave it out if it is not known when predicting: --drop"
    return [
        *(f"column {name!r} says the same as the target {target.name!r} in every row; {hint} {name}"
          for name in same),
        *(f"column {name!r} alone gives the target {target.name!r} away; {hint} {name}"
          for name in telling),
        *_repetitions(features, codes),
    ]  # fmt: skip


def _repetitions(features: pd.DataFrame, codes: Mapping[str, _Codes]) -> list[str]:
    lines: list[str] = []
    first: dict[bytes, str] = {}
    for name, found in codes.items():
        # Where no two rows share a value, any other such column would be the same in other words.
        is_unique = found.max() + 1 == len(found)
        values = features[name].to_numpy() if is_unique else found
        before = first.setdefault(values.tobytes(), name)
        if before != name:
            lines.append(f"column {name!r} says the same as column {before!r} in every row")
    return lines


def _gives_away(
    column: pd.Series, codes: _Codes, target: pd.Series, positive: Label | None
) -> bool:
    """Whether the column alone predicts the target."""
    rows = np.unique(np.linspace(0, len(column) - 1, _MOST_ROWS, dtype=np.intp))
    column, codes, target = column.iloc[rows], codes[rows], target.iloc[rows]
    if target.value_counts().min() < _MIN_CLASS_ROWS:
        return False
    if codes.max() * _ROWS_A_VALUE < len(codes) and _by_value(codes, target) >= PERFECT:
        return True
    if cells.is_text(column) or column.dtype in (np.bool_, object):
        return False
    known = column.notna()
    numbers, truth = column[known], target[known]
    if truth.nunique() < target.nunique():
        return False
    if positive is not None and truth.nunique() == _TWO:
        area = roc_auc_score(truth == positive, numbers)
        if max(area, 1 - area) >= PERFECT:
            return True
    return _by_intervals(numbers, truth) >= PERFECT


def _by_value(codes: _Codes, target: pd.Series) -> float:
    """The balanced accuracy of each value's most telling class; a gap is a value too."""
    goal, classes = pd.factorize(target)
    counts = np.zeros((codes.max() + 2, len(classes)))
    np.add.at(counts, (codes, goal), 1)  # the code of a gap is -1: the last row
    shares = counts / counts.sum(axis=0)
    best = shares.argmax(axis=1)
    return float(sum(shares[value, found] for value, found in enumerate(best)) / len(classes))


def _by_intervals(numbers: pd.Series, target: pd.Series) -> float:
    """The balanced accuracy of a few intervals, each of which is one class."""
    classes = target.nunique()
    tree = DecisionTreeClassifier(
        max_leaf_nodes=2 * classes, min_samples_leaf=5, class_weight="balanced", random_state=0
    )
    values = numbers.to_numpy(np.float64).reshape(-1, 1)
    truth = pd.factorize(target)[0]
    return float(balanced_accuracy_score(truth, tree.fit(values, truth).predict(values)))
