"""The rows of a file, read by the schema of the model that takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from baton_engine.tables.casts import cast_column
from baton_engine.tables.cell_errors import BadCells
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.text.file_cells import cast_file_cells
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Texts
from baton_registry.versions.schema import Column
from baton_trainer.errors import DataError
from baton_trainer.importing.rows.gaps import find_gaps
from baton_trainer.importing.rows.rows import Rows
from baton_trainer.tables.columns import cells
from baton_trainer.tables.files.data_file import DataFile

_SHOWN = 5


@dataclass(frozen=True)
class FileRows:
    """The rows of a file that the service accepts.

    Attributes:
        rows: the rows.
        kept: shape `[rows]`, the index of each row in the file.
        warnings: a line for what was left out.
    """

    rows: Rows
    kept: "pd.Index[int]"
    warnings: tuple[str, ...] = ()


def read_rows(file: DataFile, columns: Sequence[Column], decimal: str) -> FileRows:
    """Reads the columns of a file by their types in the schema.

    A row without a value in a required column is left out: the service refuses such rows.

    Raises:
        DataError: a column is missing, or a value is not of its type.
    """
    _check_names(file, columns)
    incomplete = {
        column.name: gaps
        for column in columns
        if column.required
        and column.name in file.cells
        and (gaps := find_gaps(file, file.cells[column.name])).any()
    }
    refused = np.any([*incomplete.values()], axis=0) if incomplete else np.zeros(len(file.cells))
    kept = np.flatnonzero(~np.asarray(refused, np.bool_))
    if not len(kept):
        raise DataError(
            f"{file.name}: no row has a value in every column that the model requires; use a "
            "table of complete rows"
        )
    arrays = {column.name: _read_column(file, column, kept, decimal) for column in columns}
    rows = Rows(tuple(columns), arrays, [f"row {index + 1}" for index in kept.tolist()])
    warnings = _list_warnings(incomplete, len(file.cells) - len(kept))
    return FileRows(rows, pd.Index(kept), warnings)


def _check_names(file: DataFile, columns: Sequence[Column]) -> None:
    names = list(file.cells.columns)
    missing = [c.name for c in columns if c.required and c.name not in names]
    if missing:
        raise DataError(
            f"{file.name}: column {missing[0]!r} is missing, which the model requires "
            f"({len(missing)} of {len(columns)} columns missing); use a table with its columns"
        )
    for column in columns:
        if names.count(column.name) > 1:
            raise DataError(f"{file.name}: more than one column is called {column.name!r}")
        if reason := file.unreadable.get(column.name):
            raise DataError(f"{file.name}: column {column.name!r} cannot be read: {reason}")


def _list_warnings(incomplete: dict[str, Array], refused: int) -> tuple[str, ...]:
    if not incomplete:
        return ()
    names = ", ".join([*incomplete][:_SHOWN]) + (", …" if len(incomplete) > _SHOWN else "")
    line = f"{refused:,} rows are not compared: a required column has no value there ({names})"
    return (f"{line}, and the service refuses such rows",)


def _read_column(file: DataFile, column: Column, kept: Array, decimal: str) -> Array:
    """Returns the column's values in the rows that are kept, shape `[rows]`."""
    if column.name not in file.cells:
        return to_array(column, [None] * len(kept))
    values = file.cells[column.name].iloc[kept]
    try:
        if not file.is_typed:
            return cast_column(column, values.tolist(), partial(cast_file_cells, decimal=decimal))
        return _read_typed(file, column, values)
    except BadCells as error:
        bad = error.cells[0]
        raise DataError(
            f"{file.name}: row {int(kept[bad.row]) + 1}, column {column.name!r}: {bad.message}, as "
            "the model's schema says; fix the cell"
        ) from error


def _read_typed(file: DataFile, column: Column, values: "pd.Series[Any]") -> Array:
    if column.type == "string" and values.dtype != object and file.texts is not None:
        values = file.texts(column.name).loc[values.index]
    if cells.is_text(values) or column.type == "string":
        codes, distinct = pd.factorize(values.to_numpy(object))
        codes[codes < 0] = len(distinct)
        return cast_typed_values(column, Texts([*distinct, None], codes.astype(np.int32)))
    is_boolean = values.dtype == object  # with gaps
    numbers = values.to_numpy(np.float64) if is_boolean else values.to_numpy()
    return cast_typed_values(column, numbers)
