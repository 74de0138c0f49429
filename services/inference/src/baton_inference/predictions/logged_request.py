"""The rows of an answered request that wait to be logged."""

from dataclasses import dataclass
from typing import NamedTuple

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.predictions.sampler import Choice
from baton_inference.scoring.batch import Batch, ColumnBatch, RowBatch
from baton_inference.scoring.observer import OtherAnswer
from baton_inference.scoring.score_request import ScoreResult

CELL_BYTES = 48
"""A cell of a row in memory: 32 to 42 bytes for a number, 60 to 70 for a text of 3 characters, with
its share of the row. In a body, a number may take 3 bytes.

Measured with tracemalloc on CPython 3.11 with 64 bits: the rows that `InvocationsCodec.decode`
makes of 20,000 cells in 5 to 100 columns."""
TEXT_BYTES = 52
"""A text of a column: 60 bytes less the 8 of the reference, measured in the same way."""


class RequestFacts(NamedTuple):
    """What the log says about a request.

    Attributes:
        request_id: its id, as in its answer.
        protocol: the scoring protocol.
        alias: the alias that chose the version; empty if the request named a number.
        routing_key: the routing key; None if it is not logged.
        body_bytes: the size of the decoded body.
    """

    request_id: str
    protocol: str
    alias: str
    routing_key: bytes | None = None
    body_bytes: int = 0


@dataclass(slots=True)
class LoggedRequest:
    """The kept rows of a request, and their predictions.

    Attributes:
        facts: what the log says about the request.
        time_us: when the answer was complete: POSIX time in microseconds.
        version: the version that answered.
        batch: the kept rows, by the schema of that version.
        scores: the answer to them.
        choice: which rows of the request they are.
        size: about the bytes that the rows and the scores take in memory.
        other: the answer of the other version to one row of the request. The shadow's thread sets
            it at most once.
    """

    facts: RequestFacts
    time_us: int
    version: LiveVersion
    batch: Batch
    scores: Scores
    choice: Choice
    size: int
    other: OtherAnswer | None = None

    @property
    def numbers(self) -> range:
        """The numbers of the rows in the request."""
        first, step, _ = self.choice
        return range(first, first + step * self.batch.rows, step)


def keep_rows(
    facts: RequestFacts, time_us: int, batch: Batch, result: ScoreResult, choice: Choice
) -> LoggedRequest:
    """Keeps the chosen rows, without the memory of the others."""
    if choice.step == 1:
        kept, scores = batch, result.scores
    else:
        kept = _take_rows(batch, choice)
        scores = {name: _take(values, choice) for name, values in result.scores.items()}
    size = _estimate_bytes(kept, facts.body_bytes // choice.step)
    size += sum([values.nbytes for values in scores.values()])
    return LoggedRequest(facts, time_us, result.version, kept, scores, choice, size)


def _estimate_bytes(batch: Batch, body_bytes: int) -> int:
    """Estimates the memory of rows. The body tells the length of their texts."""
    if isinstance(batch, RowBatch):
        return max(body_bytes, CELL_BYTES * batch.rows * len(batch.cells[0]))
    columns = batch.columns.values()
    texts = sum([values.dtype.hasobject for values in columns])
    return body_bytes + sum([values.nbytes for values in columns]) + TEXT_BYTES * texts * batch.rows


def _take_rows(batch: Batch, choice: Choice) -> Batch:
    if isinstance(batch, RowBatch):
        cells = batch.cells[choice.first :: choice.step]
        return RowBatch(len(cells), cells)
    rows = len(range(choice.first, batch.rows, choice.step))
    columns = {name: _take(values, choice) for name, values in batch.columns.items()}
    return ColumnBatch(rows, columns)


def _take(values: Array, choice: Choice) -> Array:
    return values[choice.first :: choice.step].copy()
