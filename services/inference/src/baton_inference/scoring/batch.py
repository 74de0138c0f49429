"""The rows of one request, and the rows of several in one call of the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from baton_engine.engine import Scores, ServingEngine
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Rows as they were read: those of several requests become columns in one go.

    Attributes:
        rows: how many, at least 1.
        cells: row by row, values in the order of the schema; None means missing.
    """

    rows: int
    cells: Rows


@dataclass(frozen=True, slots=True)
class ColumnBatch:
    """Rows held as columns. A protocol may add what its answer needs of the request.

    Attributes:
        rows: how many, at least 1.
        columns: each column of the schema, shape `[rows]`.
    """

    rows: int
    columns: Mapping[str, Array]


Batch = RowBatch | ColumnBatch
"""The rows of one request, which the schema allows."""


def score_batches(engine: ServingEngine, batches: Sequence[Batch]) -> Scores:
    """Scores all batches, one after the other, in one call of the model.

    Raises what the engine raises.
    """
    if len(batches) == 1:
        (batch,) = batches
        if isinstance(batch, RowBatch):
            return engine.score_rows(batch.cells)
        return engine.score(batch.columns)
    rows = [batch.cells for batch in batches if isinstance(batch, RowBatch)]
    if len(rows) == len(batches):
        return engine.score_rows([*chain.from_iterable(rows)])
    return engine.score_parts(
        [each.cells if isinstance(each, RowBatch) else each.columns for each in batches]
    )
