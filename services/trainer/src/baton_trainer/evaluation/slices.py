"""Slices: rows of a table that share one category, where a model may be weak."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_registry.versions.schema import Column


@dataclass(frozen=True)
class Slice:
    """The rows with one value of one column.

    Attributes:
        column: its name.
        value: the category or the boolean that they share.
        rows: shape `[rows]`, True for the rows of the slice.
    """

    column: str
    value: str | bool
    rows: NDArray[np.bool_]


def list_slices(features: pd.DataFrame, columns: Sequence[Column]) -> Iterator[Slice]:
    """Yields a slice for each category and each boolean of the columns."""
    for column in columns:
        values: tuple[str | bool, ...] = column.categories
        if column.type == "boolean":
            values = (False, True)
        for value in values:
            yield Slice(column.name, value, (features[column.name] == value).to_numpy(np.bool_))
