"""What each column is, found out from its values or said by the user, and what is done with it.

What is served must be scoreable in ONNX by what a caller sends, so a column is a number, a boolean
or a category, or it is left out by name: dates and free text are not guessed into numbers.
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
"""Told apart by a model and listed for who writes requests; rarer ones count as never seen."""
TEXT_WORDS = 4
"""Texts that differ and have on average as many words as this are free text, not names."""

_DATE = "a date; derive a number from it, e.g. days until the row was made, and give that instead"


@dataclass(frozen=True)
class ColumnRole:
    """What a column is.

    Attributes:
        name: the column's.
        role: what it is.
        done: what is done with it, and why.
        different: how many different values it has.
        missing: in how many rows it has none.
        warnings: what the user should know, each in one line.
    """

    name: str
    role: Role
    done: str
    different: int = 0
    missing: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def is_feature(self) -> bool:
        """Whether a model learns from it."""
        return self.role in ("number", "boolean", "category")


def detect_role(column: pd.Series, *, said_by_user: bool = False) -> ColumnRole:
    """What a typed column (`cells.convert`) is, by its values.

    What the user has called a number or a category is one, unless it can teach nothing at all.
    """
    present = column.dropna()
    different = present.nunique()
    role, reason = _detect_useless(column, different)
    if not reason and not said_by_user:
        role, reason = _detect_unsuitable(column, present, different)
    if reason:
        done, odd = f"left out: {reason}", [f"column {column.name!r} is left out: {reason}"]
    else:
        role, done, odd = _describe_feature(column, present, different)
    warnings = [] if said_by_user and not reason else [*doubts.list_text_doubts(column), *odd]
    if role == "category":
        warnings += look_alikes.list_warnings(column)
    missing = len(column) - len(present)
    return ColumnRole(str(column.name), role, done, different, missing, tuple(warnings))


def _describe_feature(
    column: pd.Series, present: pd.Series, different: int
) -> tuple[Role, str, list[str]]:
    """The role of a column that is learned from, how, and what is doubtful of it."""
    done = "used" if len(present) == len(column) else "used, may be missing"
    if cells.is_text(column):
        if different <= MAX_CATEGORIES:
            return "category", done, []
        share = present.isin(list_categories(column)).mean()
        rare = f"the {MAX_CATEGORIES} most frequent of {different:,} texts are told apart"
        line = f"column {column.name!r}: {rare}, {share:.0%} of its cells; the others count as new"
        return "category", f"{done}; {rare}", [line]
    if column.dtype in (np.bool_, object):
        return "boolean", done, []
    return "number", done, list(doubts.list_number_doubts(column))


def list_categories(column: pd.Series) -> list[str]:
    """The texts that a model tells apart: the most frequent ones, sorted."""
    counts = column.value_counts()
    if len(counts) > MAX_CATEGORIES:  # of equally frequent ones the first by name
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    return sorted(counts.index[:MAX_CATEGORIES])


def convert_to_number(column: pd.Series) -> pd.Series:
    """A typed column that the user calls a number.

    Raises:
        DataError: a cell is none.
    """
    if not cells.is_text(column):
        return column.astype(np.float64) if column.dtype == object else column
    present = column.dropna()
    values = cells.parse_numbers(present.tolist())
    if np.isnan(values).any():
        place = int(np.isnan(values).argmax())
        raise DataError(
            f"column {column.name!r} cannot be a number: {present.iloc[place]!r} in row "
            f"{cells.locate_row(present, place)} is none; leave such cells empty"
        )
    numbers = pd.Series(np.nan, column.index, name=column.name)
    numbers[present.index] = values
    return numbers


def _detect_useless(column: pd.Series, different: int) -> tuple[Role, str]:
    """The role and the reason of a column that no model could learn from; else no reason."""
    if column.name == "":
        return "unnamed", "it has no name"
    if different <= 1:
        return "constant", "it says the same in every row" if different else "it is empty"
    return "number", ""


def _detect_unsuitable(column: pd.Series, present: pd.Series, different: int) -> tuple[Role, str]:
    """The same of a column that our models could not learn from."""
    if cells.is_text(column):
        return _detect_text_role(present, different)
    if column.dtype.kind not in "if" or (present % 1 != 0).any():
        return "number", ""
    if dates.are_dates_in_digits(present):
        return "date", _DATE
    # In Python's own numbers: those of a column may be near the end of their type.
    if different == int(present.max()) - int(present.min()) + 1 == len(column):
        return "id", "a row number, each value once and no hole"
    return "number", ""


def _detect_text_role(present: pd.Series, different: int) -> tuple[Role, str]:
    texts = present.unique()
    if dates.are_dates(texts):
        return "date", _DATE
    words = sum(len(text.split()) for text in texts) / different
    is_wordy = words >= TEXT_WORDS
    if is_wordy and different > MAX_CATEGORIES:
        return "text", f"free text, {different:,} different ones; derive categories or numbers"
    if different > ID_SHARE * len(present):
        what = "free text" if is_wordy else "an id"
        reason = f"{what}, {different:,} different texts in {len(present):,} rows"
        return ("text" if is_wordy else "id"), reason
    return "category", ""
