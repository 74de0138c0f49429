"""Checks the column names of a table against the names that the user sets."""

from collections import Counter

import numpy as np

from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.columns import cells
from baton_trainer.tables.files.data_file import DataFile

_SHOWN = 8


def check(file: DataFile, options: Columns) -> None:
    """Checks the names.

    Raises:
        DataError: a name repeats, or a column that the user names does not exist.
    """
    names = [str(name) for name in file.cells.columns]
    known = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    counts = Counter(names)
    if duplicate := next((name for name in names if name and counts[name] > 1), ""):
        raise DataError(
            f"{file.name}: more than one column is called {duplicate!r}; rename one"
            f"{_build_hint(names)}"
        )
    if options.target not in names:
        raise DataError(
            f"{file.name}: no column {options.target!r}; set the target with --target "
            f"(columns: {known}){_build_hint(names)}"
        )
    if options.target in options.private:
        raise DataError(
            f"{file.name}: the target {options.target!r} cannot be private, because every answer "
            "shows what the model predicts of it; remove it from --private"
        )
    settings = {
        "--drop": options.drop,
        "--id": options.id,
        "--private": options.private,
        "[columns.roles]": tuple(options.roles),
    }
    for setting, columns in settings.items():
        for name in columns:
            if name == options.target:
                raise DataError(f"{file.name}: {setting} names the target {name!r}; remove it")
            if name not in names:
                raise DataError(f"{file.name}: no column {name!r} for {setting} (columns: {known})")
    if reason := file.unreadable.get(options.target):
        raise DataError(f"{file.name}: the target {options.target!r} cannot be read: {reason}")


def _build_hint(names: list[str]) -> str:
    """Says what may be wrong with the first line."""
    if len(names) == 1:
        return "; if these are several columns, set --separator"
    if 2 * names.count("") > len(names):
        return "; most names are empty: remove the lines above the header"
    numbers = cells.parse_numbers(names)
    if 2 * (~np.isnan(numbers)).sum() >= len(names):
        return "; the first line looks like data: add a header above it"
    return ""
