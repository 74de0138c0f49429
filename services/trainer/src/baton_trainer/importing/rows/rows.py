"""Rows of typed columns, as the engine takes them and as pandas holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from baton_engine.tables.columns import ENCODED_MISSING, Array
from baton_registry.versions.schema import Column


@dataclass(frozen=True)
class Rows:
    """Rows to score.

    Attributes:
        columns: the columns, in the model's order.
        arrays: the values of each column, shape `[rows]`, as `baton_engine.tables.columns.to_array`
            builds them.
        locations: where each row is from, e.g. `row 17`.
    """

    columns: tuple[Column, ...]
    arrays: Mapping[str, Array]
    locations: Sequence[str]

    def __len__(self) -> int:
        return len(self.locations)

    def take(self, rows: Array | slice) -> dict[str, Array]:
        """Returns some rows' values, for an engine."""
        return {name: values[rows] for name, values in self.arrays.items()}

    def join(self, other: "Rows") -> "Rows":
        """Returns these rows, and then those of `other`, which have the same columns."""
        arrays = {
            name: np.concatenate([values, other.arrays[name]])
            for name, values in self.arrays.items()
        }
        return Rows(self.columns, arrays, [*self.locations, *other.locations])

    def to_frame(self) -> pd.DataFrame:
        """Returns the rows as pandas holds them; a missing text is None."""
        return pd.DataFrame(
            {
                column.name: _build_series(column, self.arrays[column.name])
                for column in self.columns
            }
        )

    def describe_missing(self, index: int) -> list[str]:
        """Lists the columns without a value in a row."""
        return [c.name for c in self.columns if is_missing(c, self.arrays[c.name])[index]]


def is_missing(column: Column, values: Array) -> Array:
    """Returns True for each missing value of a column, shape `[n]`."""
    if column.type == "string":
        return np.asarray(values == ENCODED_MISSING, np.bool_)
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), np.bool_)


def _build_series(column: Column, values: Array) -> "pd.Series[Any]":
    if column.type != "string":
        return pd.Series(values)
    texts = values.copy()
    texts[is_missing(column, values)] = None
    return pd.Series(texts, dtype=object)
