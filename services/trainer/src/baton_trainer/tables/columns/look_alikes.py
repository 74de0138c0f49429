"""Texts that a person takes for the same and a model does not."""

from collections.abc import Iterable

import pandas as pd

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells

WHAT = "differ only in white space or case"


def find(texts: Iterable[str]) -> list[list[str]]:
    """Those that differ only in white space or case, together, in the order of their names."""
    groups: dict[str, list[str]] = {}
    for text in sorted(texts):
        groups.setdefault(" ".join(text.split()).casefold(), []).append(text)
    return [group for group in groups.values() if len(group) > 1]


def list_warnings(column: pd.Series) -> list[str]:
    """A line if a column of categories holds such texts; they may be meant, so they stay."""
    groups = find(column.dropna().unique())
    if not groups:
        return []
    more = f" (so do {len(groups) - 1} more groups)" if len(groups) > 1 else ""
    what = f"{_format_group(groups[0])} {WHAT} and are different categories{more}"
    return [f"column {column.name!r}: {what}; write them alike"]


def check_labels(target: pd.Series, name: str) -> None:
    """Refuses labels that look alike.

    To merge them would be a guess that nobody sees again: the classes of a version are what its
    callers act on.

    Raises:
        DataError: two labels differ only in white space or case.
    """
    if cells.is_text(target) and (groups := find(target.unique())):
        raise DataError(
            f"{name}: the labels {_format_group(groups[0])} of the target {target.name!r} {WHAT}; "
            "write them alike (or, if they are different classes, give them different names)"
        )


def _format_group(group: list[str]) -> str:
    return " and ".join(map(repr, group[:2]))
