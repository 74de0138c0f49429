"""Gaps in the columns of a file, and the columns that may have some.

A schema of MLflow calls a column of numbers required although its data had gaps: NaN is a double.
Releases before 2.10 do so for every column. MLflow's own server accepts gaps in these columns.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Schema
from baton_trainer.tables.columns import cells
from baton_trainer.tables.files.data_file import DataFile

_WITH_GAPS = ("double", "float", "string")
"""The types in which pandas has a value for a gap."""


def find_gaps(file: DataFile, values: "pd.Series[Any]") -> Array:
    """Returns True for each cell of a column that is empty or means a missing value."""
    if file.is_typed:
        return values.isna().to_numpy(np.bool_)
    codes, distinct = pd.factorize(values.to_numpy(object))
    return np.append(cells.find_missing(distinct), True)[codes]


def allow_gaps(schema: Schema, file: DataFile) -> tuple[Schema, Sequence[str]]:
    """Makes columns optional that have gaps in the file; returns their names, too."""
    names = list(file.cells)
    opened = [
        column.name
        for column in schema.columns
        if column.required and column.type in _WITH_GAPS and names.count(column.name) == 1
        if find_gaps(file, file.cells[column.name]).any()
    ]
    if schema.is_matrix or not opened:
        return schema, []
    columns = (replace(c, required=c.required and c.name not in opened) for c in schema.columns)
    return replace(schema, columns=tuple(columns)), opened
