"""Tables inside a graph: columns, each a part of some tensor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from baton_export.errors import Unsupported

if TYPE_CHECKING:
    from baton_export.graph.graph import Graph


@dataclass(frozen=True)
class Matrix:
    """A tensor of shape `[rows, width]`: doubles, or texts."""

    tensor: str
    width: int
    is_text: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a matrix; `name` is that of the table's column, if it is one."""

    matrix: Matrix
    index: int
    name: str | None = None


@dataclass(frozen=True)
class Table:
    """The columns that a step takes or returns, in order."""

    columns: tuple[Column, ...]

    @classmethod
    def from_matrix(cls, matrix: Matrix) -> Table:
        """All columns of a matrix."""
        return cls(tuple(Column(matrix, index) for index in range(matrix.width)))

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns)

    @property
    def is_text(self) -> bool:
        """Whether there are columns and all are texts."""
        return bool(self.columns) and all(each.matrix.is_text for each in self.columns)

    def take(self, indices: Iterable[int]) -> Table:
        """Returns some columns, by their positions."""
        return Table(tuple(self.columns[index] for index in indices))

    def find(self, names: Sequence[str]) -> list[int] | None:
        """Finds columns by name; None if one is not there."""
        places = {each.name: place for place, each in enumerate(self.columns)}
        return [places[name] for name in names] if places.keys() >= {*names} else None

    def join(self, graph: Graph) -> Matrix:
        """Joins the columns to one matrix.

        Raises:
            Unsupported: there are no columns, or numbers as well as texts.
        """
        kinds = {each.matrix.is_text for each in self.columns}
        if len(kinds) != 1:
            raise Unsupported(
                "it takes numbers and texts in one matrix" if kinds else "it takes no column",
                "put a ColumnTransformer in front of it",
            )
        parts = [*self._iter_parts(graph)]
        tensor = parts[0] if len(parts) == 1 else graph.add("Concat", *parts, axis=1)
        return Matrix(tensor, self.width, kinds.pop())

    def _iter_parts(self, graph: Graph) -> Iterator[str]:
        for matrix, group in groupby(self.columns, key=lambda each: each.matrix):
            indices = [each.index for each in group]
            whole = [*range(matrix.width)]
            repeats, rest = divmod(len(indices), matrix.width)
            if not rest and indices == whole * repeats:
                yield from [matrix.tensor] * repeats
            else:
                yield graph.add(
                    "Gather", matrix.tensor, graph.add_constant(np.array(indices)), axis=1
                )


def concatenate(tables: Iterable[Table]) -> Table:
    """Returns the columns of all tables, in order."""
    return Table(tuple(column for table in tables for column in table.columns))
