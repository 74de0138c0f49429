"""A table that can be trained on: typed features, a target of classes, and what was left out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_registry.signature import Column, ColumnType, Label
from baton_trainer import cells
from baton_trainer.csv_file import CsvFile
from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.split import Split, split

MIN_ROWS = 50
MIN_CLASSES = 2
MAX_CLASSES = 50
MAX_CATEGORIES = 50
"""Listed for people who write requests; a longer list is one that nobody reads."""
ID_SHARE = 0.5
"""Text with more different values than this share of its cells names rows; it teaches nothing."""

_SHOWN_COLUMNS = 8


@dataclass(frozen=True)
class Table:
    """A validated table.

    Attributes:
        name: what to call it in messages.
        sha256: of the file that it was read from.
        features: shape `[rows, columns]`; int64, float64, bool or object columns (`cells.typed`).
        target: shape `[rows]`, without gaps; text, whole numbers or booleans.
        columns: the features as a signature names them; optional where a column has gaps.
        classes: the different values of the target, sorted.
        positive: of two classes the one that the figures are about; None where there are more.
        held_out: shape `[rows]`, True for the rows that training must not see.
        warnings: one line for everything that was left out or looks odd.
    """

    name: str
    sha256: str
    features: pd.DataFrame
    target: pd.Series
    columns: tuple[Column, ...]
    classes: tuple[Label, ...]
    positive: Label | None
    held_out: NDArray[np.bool_]
    warnings: tuple[str, ...]


def validated(file: CsvFile, wanted: Columns) -> Table:
    """Types the columns, drops those that teach nothing, and refuses what cannot be trained on.

    Raises:
        DataError: no rows or columns, too few rows, no such target, not a target of classes.
    """
    target = wanted.target
    _check_columns(file, wanted)
    labels = cells.typed(file.cells[target])
    known = labels.notna()
    if not known.any():
        raise DataError(f"{file.name}: every {target!r} is missing; fill in the target column")
    rows = file.cells.loc[known].reset_index(drop=True)
    warnings = _missing_target_warning(target, int((~known).sum()))
    if len(rows) < MIN_ROWS:
        raise DataError(f"{file.name}: {len(rows)} usable rows; at least {MIN_ROWS} are needed")
    goal = _checked_target(labels[known].reset_index(drop=True), file.name)
    classes = tuple(sorted(goal.unique().tolist()))
    positive = _positive(wanted.positive, classes, file.name)
    features, dropped = _features(rows.drop(columns=[target, *wanted.drop, *wanted.id]))
    if features.empty:
        raise DataError(
            f"{file.name}: no column is left to learn from; is the separator a comma? "
            + "; ".join(dropped)
        )
    sides = split(features)
    _check_split(goal, sides.held_out, file.name)
    return Table(
        name=file.name,
        sha256=file.sha256,
        features=features,
        target=goal,
        columns=tuple(_column(features[name]) for name in features.columns),
        classes=classes,
        positive=positive,
        held_out=sides.held_out,
        warnings=(*warnings, *dropped, *_common_rows(sides), *_leaks(features, goal)),
    )


def _check_columns(file: CsvFile, wanted: Columns) -> None:
    names = pd.Series(file.cells.columns, dtype=object)
    repeated = names[names.duplicated() & (names != "")]
    if len(repeated):
        raise DataError(
            f"{file.name}: column {repeated.iloc[0]!r} is there more than once; rename one"
        )
    known = ", ".join(names[:_SHOWN_COLUMNS]) + (", …" if len(names) > _SHOWN_COLUMNS else "")
    if wanted.target not in set(names):
        raise DataError(
            f"{file.name}: no column {wanted.target!r}; name the target with --target "
            f"(columns: {known})"
        )
    for option, left_out in (("--drop", wanted.drop), ("--id", wanted.id)):
        for name in left_out:
            if name == wanted.target:
                raise DataError(f"{file.name}: {option} {name} names the target; it is needed")
            if name not in set(names):
                raise DataError(f"{file.name}: no column {name!r} for {option} (columns: {known})")
    if file.cells.empty:
        raise DataError(f"{file.name}: no rows below the line of names; at least {MIN_ROWS} needed")


def _missing_target_warning(target: str, rows: int) -> list[str]:
    return [f"{rows} rows without a {target!r} are left out"] if rows else []


def _checked_target(labels: pd.Series, name: str) -> pd.Series:
    """The target as text, whole numbers or booleans, of at least two and not too many classes."""
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


def _positive(wanted: str | None, classes: tuple[Label, ...], name: str) -> Label | None:
    """Of two classes the wanted one, or else the second; a boolean may be said as in any case."""
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


def _check_split(target: pd.Series, held_out: NDArray[np.bool_], name: str) -> None:
    """Every class must be among the rows to learn from and among those to judge by."""
    for part, rows in (("held-out", held_out), ("training", ~held_out)):
        if missing := set(target) - set(target[rows]):
            raise DataError(
                f"{name}: none of the {part} rows is of class {min(missing)!r}; give more rows of "
                "it, or leave it out"
            )


def _common_rows(sides: Split) -> list[str]:
    if not (copies := int(sides.common.sum())):
        return []
    line = (
        f"{copies} of {len(sides.common)} rows are copies of a few; such rows are learned from and "
        "held out alike, and the held-out figures are the kinder for it"
    )
    return [line]


def _features(text: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The typed columns that can teach something, and a line for each of the others."""
    kept: dict[str, pd.Series] = {}
    dropped: list[str] = []
    for place, name in enumerate(text.columns):
        column = cells.typed(text.iloc[:, place])
        if reason := _uselessness(column):
            dropped.append(f"column {name!r} is left out: {reason}")
        else:
            kept[name] = column
    return pd.DataFrame(kept, index=text.index), dropped


def _uselessness(column: pd.Series) -> str:
    """Why a column teaches nothing; empty where it may."""
    present = column.dropna()
    different = present.nunique()
    if column.name == "":
        return "it has no name"
    if different <= 1:
        return "it says the same in every row" if different else "it is empty"
    if cells.is_text(column) and different > ID_SHARE * len(present):
        return f"an id, {different} different texts in {len(present)} rows"
    if column.dtype == np.int64 and different == column.max() - column.min() + 1 == len(column):
        return "a row number, each value once and no hole"
    return ""


def _column(values: pd.Series) -> Column:
    kind: ColumnType = "string"
    if values.dtype == np.int64:
        kind = "long"
    elif values.dtype == np.float64:
        kind = "double"
    elif not cells.is_text(values):
        kind = "boolean"
    found = sorted(values.dropna().unique().tolist()) if kind == "string" else []
    return Column(
        name=str(values.name),
        type=kind,
        required=not values.isna().any(),
        categories=tuple(found) if len(found) <= MAX_CATEGORIES else (),
    )


def _leaks(features: pd.DataFrame, target: pd.Series) -> list[str]:
    """A line for every column that is the target in the same or in other words."""
    goal, _ = pd.factorize(target)
    same = [str(name) for name in features if (pd.factorize(features[name])[0] == goal).all()]
    return [
        f"column {name!r} says the same as the target {target.name!r} in every row; leave it out "
        "if it is not known when predicting"
        for name in same
    ]
