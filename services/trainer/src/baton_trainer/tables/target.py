"""The target of a table: its classes, the positive one, and whether both sides have them all."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_registry.versions.schema import Label
from baton_trainer.errors import DataError

MIN_CLASSES = 2
MAX_CLASSES = 50


def convert_labels(labels: pd.Series, name: str) -> pd.Series:
    """The target as text, whole numbers or booleans, of at least two and not too many classes.

    Args:
        labels: typed (`cells.convert`), without gaps.
        name: the file's, for messages.

    Raises:
        DataError: it is no target of classes.
    """
    if labels.dtype == np.float64:
        if (labels % 1 != 0).any() or (labels.abs() >= 2**53).any():
            raise DataError(
                f"{name}: the target {labels.name!r} holds fractions; classes are text, whole "
                "numbers or booleans"
            )
        labels = labels.astype(np.int64)  # whole numbers whose gaps are gone by now
    elif labels.isin([True, False]).all() and labels.dtype == object:
        labels = labels.astype(bool)
    classes = labels.nunique()
    if classes < MIN_CLASSES:
        raise DataError(
            f"{name}: the target {labels.name!r} has one class, {labels.iloc[0]!r}; two are needed"
        )
    if classes > MAX_CLASSES:
        raise DataError(
            f"{name}: the target {labels.name!r} has {classes} different values; Baton trains "
            f"classifiers of at most {MAX_CLASSES} classes"
        )
    return labels


def choose_positive(wanted: str | None, classes: tuple[Label, ...], name: str) -> Label | None:
    """Of two classes the wanted one, or else the second; a boolean may be said in any case.

    Raises:
        DataError: there is no such class, or there are more than two.
    """
    if wanted is None:
        return classes[-1] if len(classes) == MIN_CLASSES else None
    if len(classes) != MIN_CLASSES:
        raise DataError(
            f"{name}: --positive {wanted} is for a target of two classes, and this has "
            f"{len(classes)}; leave it out"
        )
    for label in classes:
        text = str(label)
        if wanted == text or (isinstance(label, bool) and wanted.lower() == text.lower()):
            return label
    one, other = classes
    raise DataError(
        f"{name}: no class {wanted!r} for --positive; the classes are {one!r} and {other!r}"
    )


def check_split(target: pd.Series, held_out: NDArray[np.bool_], name: str) -> None:
    """Every class must be among the rows to learn from and among those to judge by.

    Raises:
        DataError: one is not.
    """
    for part, rows in (("held-out", held_out), ("training", ~held_out)):
        if missing := set(target) - set(target[rows]):
            label = min(missing)
            count = int((target == label).sum())
            advice = "give more rows of it, or leave it out"
            if count == 1 and target.iloc[0] == label:
                advice += " (it is in the first row: a second line of names? remove that)"
            raise DataError(
                f"{name}: none of the {part} rows is of class {label!r}, of which the table has "
                f"{count}; {advice}"
            )
