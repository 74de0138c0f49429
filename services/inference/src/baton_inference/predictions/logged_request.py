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
        size: about the bytes that they take in memory.
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
    share = facts.body_bytes // choice.step
    if choice.step == 1:
        kept, scores = batch, result.scores
    else:
        kept = _take_rows(batch, choice)
        scores = {name: _take(values, choice) for name, values in result.scores.items()}
    if isinstance(kept, ColumnBatch):
        share += sum(values.nbytes for values in kept.columns.values())
    return LoggedRequest(facts, time_us, result.version, kept, scores, choice, share)


def _take_rows(batch: Batch, choice: Choice) -> Batch:
    if isinstance(batch, RowBatch):
        cells = batch.cells[choice.first :: choice.step]
        return RowBatch(len(cells), cells)
    rows = len(range(choice.first, batch.rows, choice.step))
    columns = {name: _take(values, choice) for name, values in batch.columns.items()}
    return ColumnBatch(rows, columns)


def _take(values: Array, choice: Choice) -> Array:
    return values[choice.first :: choice.step].copy()
