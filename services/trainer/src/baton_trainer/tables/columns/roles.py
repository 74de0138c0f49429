"""Detects the role of each column from its values, and says how it is used.

ONNX must score what a caller sends. So a column is a number, a boolean or a category, or it is left
out with a warning; dates and free text are not converted into numbers.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells, dates, doubts, look_alikes
from baton_trainer.tables.columns.doubts import ID_SHARE

Role = Literal[
    "target",
    "number",
    "boolean",
    "category",
    "date",
    "text",
    "id",
    "constant",
    "unnamed",
    "dropped",
    "unread",
]

MAX_CATEGORIES = 100
"""A model knows these, and the API's documentation lists them; rarer texts count as unseen."""
TEXT_WORDS = 4
"""Distinct texts with on average as many words as this are free text."""

_DATE = "a date; derive a number from it, e.g. an age in days, and use that instead"


@dataclass(frozen=True)
class ColumnRole:
    """How a column is used; the run's `data/columns.json` has one entry for each.

    Attributes:
        name: the column's name.
        role: one of the roles above.
        usage: how it is used or why it is left out.
        distinct: how many distinct values it has.
        missing: how many rows have no value.
        warnings: one line each.
    """

    name: str
    role: Role
    usage: str
    distinct: int = 0
    missing: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def is_feature(self) -> bool:
        """Whether a model learns from it."""
        return self.role in ("number", "boolean", "category")


def detect_role(
    column: pd.Series, *, is_requested: bool = False, is_private: bool = False
) -> ColumnRole:
    """Detects the role of a typed column (`cells.convert`).

    If the user requests a number or a category, the column is used unless it has a single value. No
    text quotes a cell of a private column.
    """
    present = column.dropna()
    distinct = present.nunique()
    role, reason = _detect_useless(column, distinct)
    if not reason and not is_requested:
        role, reason = _detect_unsuitable(column, present, distinct)
    if reason:
        usage, lines = f"left out: {reason}", [f"column {column.name!r} is left out: {reason}"]
    else:
        role, usage, lines = _describe_feature(column, present, distinct)
    warnings = []
    if not is_requested or reason:
        warnings = [*doubts.list_text_doubts(column, is_private=is_private), *lines]
    if role == "category":
        warnings += look_alikes.list_warnings(column, is_private=is_private)
    missing = len(column) - len(present)
    return ColumnRole(str(column.name), role, usage, distinct, missing, tuple(warnings))


def _describe_feature(
    column: pd.Series, present: pd.Series, distinct: int
) -> tuple[Role, str, list[str]]:
    """Returns the role of a feature, how it is used, and warnings about it."""
    usage = "used" if len(present) == len(column) else "used, may be missing"
    if cells.is_text(column):
        if distinct <= MAX_CATEGORIES:
            return "category", usage, []
        share = present.isin(list_categories(column)).mean()
        limit = f"only the {MAX_CATEGORIES} most frequent of {distinct:,} texts are categories"
        line = f"column {column.name!r}: {limit} ({share:.0%} of its cells); others count as unseen"
        return "category", f"{usage}; {limit}", [line]
    if column.dtype in (np.bool_, object):
        return "boolean", usage, []
    return "number", usage, list(doubts.list_number_doubts(column))


def list_categories(column: pd.Series) -> list[str]:
    """Returns the categories that a model knows: the most frequent texts, sorted."""
    counts = column.value_counts()
    if len(counts) > MAX_CATEGORIES:  # of equally frequent texts, the first in sorted order
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    return sorted(counts.index[:MAX_CATEGORIES])


def convert_to_number(column: pd.Series, *, is_private: bool = False) -> pd.Series:
    """Converts a typed column to numbers because the user requests it.

    The message does not quote a cell of a private column.

    Raises:
        DataError: a cell is not a number.
    """
    if not cells.is_text(column):
        return column.astype(np.float64) if column.dtype == object else column
    present = column.dropna()
    values = cells.parse_numbers(present.tolist())
    if np.isnan(values).any():
        index = int(np.isnan(values).argmax())
        cell = "the cell" if is_private else repr(present.iloc[index])
        raise DataError(
            f"column {column.name!r} cannot be a number: {cell} in row "
            f"{cells.locate_row(present, index)} is not a number; leave such cells empty"
        )
    numbers = pd.Series(np.nan, column.index, name=column.name)
    numbers[present.index] = values
    return numbers


def _detect_useless(column: pd.Series, distinct: int) -> tuple[Role, str]:
    """Returns role and reason if no model can learn from the column; else an empty reason."""
    if column.name == "":
        return "unnamed", "it has no name"
    if distinct <= 1:
        return "constant", "it has one value in all rows" if distinct else "it is empty"
    return "number", ""


def _detect_unsuitable(column: pd.Series, present: pd.Series, distinct: int) -> tuple[Role, str]:
    """Returns role and reason if Baton's estimators cannot learn from the column."""
    if cells.is_text(column):
        return _detect_text_role(present, distinct)
    if column.dtype.kind not in "if" or (present % 1 != 0).any():
        return "number", ""
    if dates.are_dates_in_digits(present):
        return "date", _DATE
    # As Python integers: the difference may not fit the column's type.
    if distinct == int(present.max()) - int(present.min()) + 1 == len(column):
        return "id", "a row number: consecutive, each value once"
    return "number", ""


def _detect_text_role(present: pd.Series, distinct: int) -> tuple[Role, str]:
    texts = present.unique()
    if dates.are_dates(texts):
        return "date", _DATE
    words = sum(len(text.split()) for text in texts) / distinct
    is_wordy = words >= TEXT_WORDS
    if is_wordy and distinct > MAX_CATEGORIES:
        return "text", f"free text, {distinct:,} distinct texts; derive categories or numbers"
    if distinct > ID_SHARE * len(present):
        kind = "free text" if is_wordy else "an id"
        reason = f"{kind}, {distinct:,} distinct texts in {len(present):,} rows"
        return ("text" if is_wordy else "id"), reason
    return "category", ""
