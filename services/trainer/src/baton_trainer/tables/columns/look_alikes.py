"""Finds texts that look the same to a person but are different categories to a model."""

from collections.abc import Iterable

import pandas as pd

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells

DIFFERENCE = "differ only in white space or case"


def find(texts: Iterable[str]) -> list[list[str]]:
    """Groups the texts that differ only in white space or case, in sorted order."""
    groups: dict[str, list[str]] = {}
    for text in sorted(texts):
        groups.setdefault(" ".join(text.split()).casefold(), []).append(text)
    return [group for group in groups.values() if len(group) > 1]


def list_warnings(column: pd.Series, *, is_private: bool = False) -> list[str]:
    """Warns about such texts in a column of categories; they stay because they may be meant.

    The warning does not quote the texts of a private column.
    """
    groups = find(column.dropna().unique())
    if not groups:
        return []
    more = f" ({len(groups) - 1} more like this)" if len(groups) > 1 else ""
    texts = "two texts" if is_private else _format_group(groups[0])
    line = (
        f"column {column.name!r}: {texts} {DIFFERENCE} but are separate "
        f"categories{more}; use one spelling"
    )
    return [line]


def check_labels(target: pd.Series, name: str) -> None:
    """Rejects labels that look alike.

    Merging them would be a hidden guess about the classes, on which the callers act.

    Raises:
        DataError: two labels differ only in white space or case.
    """
    if cells.is_text(target) and (groups := find(target.unique())):
        raise DataError(
            f"{name}: the labels {_format_group(groups[0])} of the target {target.name!r} "
            f"{DIFFERENCE}; use one spelling (or, if they are different classes, other names)"
        )


def _format_group(group: list[str]) -> str:
    return " and ".join(map(repr, group[:2]))
