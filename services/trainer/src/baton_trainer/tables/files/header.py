"""The names of a table's columns: there once, and those that the user speaks of among them."""

from collections import Counter

import numpy as np

from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.columns import cells
from baton_trainer.tables.files.data_file import DataFile

_SHOWN = 8


def check(file: DataFile, wanted: Columns) -> None:
    """Checks the names.

    Raises:
        DataError: a name is there twice, or one that is wanted is not.
    """
    names = [str(name) for name in file.cells.columns]
    known = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    counts = Counter(names)
    if repeated := next((name for name in names if name and counts[name] > 1), ""):
        raise DataError(
            f"{file.name}: more than one column is called {repeated!r}; rename one"
            f"{_build_hint(names)}"
        )
    if wanted.target not in names:
        raise DataError(
            f"{file.name}: no column {wanted.target!r}; name the target with --target "
            f"(columns: {known}){_build_hint(names)}"
        )
    said = {"--drop": wanted.drop, "--id": wanted.id, "[columns.roles]": tuple(wanted.roles)}
    for where, columns in said.items():
        for name in columns:
            if name == wanted.target:
                raise DataError(f"{file.name}: {where} names the target, {name!r}; it is needed")
            if name not in names:
                raise DataError(f"{file.name}: no column {name!r} for {where} (columns: {known})")
    if reason := file.unreadable.get(wanted.target):
        raise DataError(f"{file.name}: the target {wanted.target!r} cannot be read: {reason}")


def _build_hint(names: list[str]) -> str:
    """What may be wrong with the first line."""
    if len(names) == 1:
        return "; if these are several columns: --separator"
    if 2 * names.count("") > len(names):
        return "; most names are empty: remove what stands above the line of names"
    numbers = cells.parse_numbers(names)
    if 2 * (~np.isnan(numbers)).sum() >= len(names):
        return "; the first line looks like data: put a line of names above it"
    return ""
