"""The rows of one request, and one call of the model for several requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from baton_engine.engine import Scores, ServingEngine
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Rows as tuples. Rows of several requests become columns in one step.

    Attributes:
        rows: the number of rows, at least 1.
        cells: row by row, values in the order of the schema; None means missing.
    """

    rows: int
    cells: Rows


@dataclass(frozen=True, slots=True)
class ColumnBatch:
    """Rows as columns. A protocol may add fields of the request that its answer needs.

    Attributes:
        rows: the number of rows, at least 1.
        columns: each column of the schema, shape `[rows]`.
    """

    rows: int
    columns: Mapping[str, Array]


Batch = RowBatch | ColumnBatch
"""The rows of one request, all valid by the schema."""


def score_batches(engine: ServingEngine, batches: Sequence[Batch]) -> Scores:
    """Scores all batches in one call of the model, in their order.

    Raises the engine's errors.
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
