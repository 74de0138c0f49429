"""Slices: rows of a table that share one category, where a model may be weak."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

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


class SliceMetrics(Protocol):
    """The metrics of one slice.

    The implementations are data classes, whose fields are the columns of the run's
    `tables/slices.csv`.
    """

    @property
    def name(self) -> str:
        """Column and value."""
        ...

    @property
    def also(self) -> tuple[str, ...]:
        """Other columns with a slice of the same rows."""
        ...

    @property
    def rows(self) -> int:
        """How many rows it has."""
        ...

    @property
    def quality(self) -> float:
        """The value of the outcome's metric."""
        ...

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of `quality`."""
        ...


def list_slices(
    features: pd.DataFrame, columns: Sequence[Column], private: Collection[str] = ()
) -> Iterator[Slice]:
    """Yields a slice for each category and each boolean of the columns that are not private."""
    for column in columns:
        if column.name in private:  # the name of a slice has its value
            continue
        values: tuple[str | bool, ...] = column.categories
        if column.type == "boolean":
            values = (False, True)
        for value in values:
            yield Slice(column.name, value, (features[column.name] == value).to_numpy(np.bool_))
