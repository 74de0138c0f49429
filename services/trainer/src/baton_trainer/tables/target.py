"""The target of a table: its labels, its classes and the positive one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_registry.versions.output_schema import Label
from baton_trainer.errors import DataError

MIN_CLASSES = 2
MAX_CLASSES = 50


@dataclass(frozen=True)
class Target:
    """The column to predict.

    Attributes:
        labels: shape `[rows]`, without missing values; text, whole numbers or booleans.
        classes: the distinct labels, sorted.
        positive: with two classes, the one that the metrics describe; None with more.
    """

    labels: pd.Series
    classes: tuple[Label, ...]
    positive: Label | None


def build_target(labels: pd.Series, positive: str | None, name: str) -> Target:
    """Builds the target.

    Args:
        labels: typed (`cells.convert`), without missing values.
        positive: the positive class as the user names it; None means the second one.
        name: the file's name in messages.

    Raises:
        DataError: the labels are not classes, or no class has that name.
    """
    labels = _convert_labels(labels, name)
    classes = tuple(sorted(labels.unique().tolist()))
    return Target(labels, classes, _choose_positive(positive, classes, name))


def _convert_labels(labels: pd.Series, name: str) -> pd.Series:
    if labels.dtype == np.float64:
        if (labels % 1 != 0).any() or (labels.abs() >= 2**53).any():
            raise DataError(
                f"{name}: the target {labels.name!r} has fractions; classes must be text, whole "
                "numbers or booleans"
            )
        labels = labels.astype(np.int64)  # rows with a missing value are already gone
    elif labels.isin([True, False]).all() and labels.dtype == object:
        labels = labels.astype(bool)
    classes = labels.nunique()
    if classes < MIN_CLASSES:
        raise DataError(
            f"{name}: the target {labels.name!r} has only one class, {labels.iloc[0]!r}; at least "
            f"{MIN_CLASSES} are needed"
        )
    if classes > MAX_CLASSES:
        raise DataError(
            f"{name}: the target {labels.name!r} has {classes:,} distinct values; Baton trains "
            f"classifiers with at most {MAX_CLASSES} classes"
        )
    return labels


def _choose_positive(requested: str | None, classes: tuple[Label, ...], name: str) -> Label | None:
    """Finds the positive class by its text; for booleans in any case."""
    if requested is None:
        return classes[-1] if len(classes) == MIN_CLASSES else None
    if len(classes) != MIN_CLASSES:
        raise DataError(
            f"{name}: --positive {requested} needs a target with two classes, but this one has "
            f"{len(classes)}; remove the option"
        )
    for label in classes:
        text = str(label)
        if requested == text or (isinstance(label, bool) and requested.lower() == text.lower()):
            return label
    one, other = classes
    raise DataError(
        f"{name}: --positive {requested!r} is not a class; the classes are {one!r} and {other!r}"
    )


def check_split(target: pd.Series, held_out: NDArray[np.bool_], name: str) -> None:
    """Checks that both sides of the split have every class.

    Raises:
        DataError: a class is missing on one side.
    """
    for side, rows in (("held-out", held_out), ("training", ~held_out)):
        if missing := set(target) - set(target[rows]):
            label = min(missing)
            count = int((target == label).sum())
            advice = "add more rows of this class, or remove it"
            if count == 1 and target.iloc[0] == label:
                advice += " (it is in the first row: if that is a second header, delete it)"
            raise DataError(
                f"{name}: no {side} row is of class {label!r} ({count} of {len(target)} rows); "
                f"{advice}"
            )
