"""The target of a table: its labels and classes, or its values."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_registry.versions.output_schema import Label
from baton_trainer.errors import DataError
from baton_trainer.request import TargetTask
from baton_trainer.tables.columns.cells import MAX_NUMBER
from baton_trainer.tables.target_task import MAX_CLASSES, is_whole

MIN_CLASSES = 2


@dataclass(frozen=True)
class Target:
    """The column to predict.

    Attributes:
        labels: shape `[rows]`, without missing values; text, whole numbers or booleans, or the
            values of a regression as float64.
        classes: the distinct labels, sorted; empty for a regression.
        positive: with two classes, the one that the metrics describe; else None.
    """

    labels: pd.Series
    classes: tuple[Label, ...] = ()
    positive: Label | None = None


def build_target(labels: pd.Series, positive: str | None, name: str, task: TargetTask) -> Target:
    """Builds the target.

    Args:
        labels: typed (`cells.convert`), without missing values.
        positive: the positive class as the user names it; None means the second one.
        name: the file's name in messages.
        task: the task.

    Raises:
        DataError: the labels do not fit the task, or no class has that name.
    """
    if task == "regression":
        return Target(_convert_values(labels, positive, name))
    labels = _convert_labels(labels, name)
    classes = tuple(sorted(labels.unique().tolist()))
    return Target(labels, classes, _choose_positive(positive, classes, name))


def _convert_labels(labels: pd.Series, name: str) -> pd.Series:
    if labels.dtype == np.float64:
        if not is_whole(labels):
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


def _convert_values(values: pd.Series, positive: str | None, name: str) -> pd.Series:
    """Returns the values of a regression as float64."""
    if positive is not None:
        raise DataError(
            f"{name}: --positive {positive} needs a target with two classes, but the task is "
            "regression; remove the option"
        )
    if values.dtype.kind not in "if":
        example = values.iloc[0]
        raise DataError(
            f"{name}: the target {values.name!r} is not a column of numbers (e.g. {example!r}), "
            "which a regression needs; use --task classification, or another target"
        )
    values = values.astype(np.float64)
    if values.nunique() < MIN_CLASSES:
        raise DataError(
            f"{name}: the target {values.name!r} is {values.iloc[0]:g} in every row; a regression "
            "needs different values"
        )
    if values.abs().max() > MAX_NUMBER:
        raise DataError(
            f"{name}: the target {values.name!r} has a number that is too large for a model "
            f"({values.abs().max():g}); use another unit"
        )
    return values


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


def check_split(target: Target, held_out: NDArray[np.bool_], name: str) -> None:
    """Checks that both sides of the split have every class, or different values.

    Raises:
        DataError: one side lacks them.
    """
    labels = target.labels.reset_index(drop=True)
    for side, rows in (("held-out", held_out), ("training", ~held_out)):
        if target.classes:
            _check_classes(labels, side, rows, name)
        elif labels[rows].nunique() < MIN_CLASSES:
            raise DataError(
                f"{name}: the {int(rows.sum())} {side} rows do not have different values of the "
                f"target {labels.name!r}; add more rows"
            )


def _check_classes(target: pd.Series, side: str, rows: NDArray[np.bool_], name: str) -> None:
    if missing := set(target) - set(target[rows]):
        label = min(missing)
        count = int((target == label).sum())
        advice = "add more rows of this class, or remove it"
        if count == 1 and target.iloc[0] == label:
            advice += " (it is in the first row: if that is a second header, delete it)"
        raise DataError(
            f"{name}: no {side} row is of class {label!r} ({count} of {len(target)} rows); {advice}"
        )
