"""The queue between the event loop and the log."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from baton_inference.predictions import queue as queue_module
from baton_inference.predictions.files.open_files import BATCH_ROWS
from baton_inference.predictions.log_writer import LogWriter
from baton_inference.predictions.logged_request import RequestFacts, keep_rows
from baton_inference.predictions.options import LogOptions
from baton_inference.predictions.sampler import Choice
from baton_inference.scoring.batch import ColumnBatch, RowBatch
from baton_inference.scoring.score_request import ScoreResult
from tests.support.fakes.predictions import ManualLog, make_scores

ROW = (1.5, 2, "a")


def test_a_full_queue_drops_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It never waits; with room it takes rows again."""
    monkeypatch.setattr(queue_module, "MAX_WAITING_ROWS", 3)
    log = ManualLog(tmp_path)
    queue = log.log.queue
    assert [log.answer(ROW) is not None for _ in range(5)] == [True] * 3 + [False] * 2
    assert (queue.waiting_rows, queue.dropped) == (3, 2)
    assert len([*queue.take()]) == 3
    assert log.answer(ROW, ROW, ROW, ROW) is None
    assert log.answer(ROW, ROW, ROW) is not None
    assert (queue.waiting_rows, queue.dropped) == (3, 6)


def test_bytes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of bodies, and of columns in memory."""
    monkeypatch.setattr(queue_module, "MAX_WAITING_BYTES", 1000)
    log = ManualLog(tmp_path)
    scores_bytes = sum(values.nbytes for values in make_scores(1).values())
    assert log.answer(ROW, body_bytes=600) is not None
    assert log.answer(ROW, body_bytes=600) is None
    assert log.answer(columns={"x": np.zeros(100)}) is None
    assert log.log.queue.waiting_bytes == 600 + scores_bytes
    assert log.log.queue.dropped == 101
    [*_] = log.log.queue.take()
    assert log.log.queue.waiting_bytes == 0


@pytest.mark.parametrize("kind", [float, int, str])
@pytest.mark.parametrize("columns", [5, 50])
def test_the_size_is_that_in_memory(
    tmp_path: Path, kind: Callable[[int], object], columns: int
) -> None:
    """A number of three bytes in a body takes ten times that as a Python object."""
    numbers = iter(range(300, 10**6))
    tracemalloc.start()
    rows = [tuple(kind(next(numbers)) for _ in range(columns)) for _ in range(200)]
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    request = ManualLog(tmp_path).answer(*rows, body_bytes=4 * columns * len(rows))
    assert request is not None
    assert 0.65 < request.size / used < 1.5


def test_the_size_counts_the_texts_of_columns(tmp_path: Path) -> None:
    """An array of them has only references."""
    tracemalloc.start()
    texts = np.array([f"{number}" for number in range(1000, 2000)], object)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    log = ManualLog(tmp_path, rows_per_s=1000)
    request = log.answer(columns={"x": texts}, body_bytes=5000)
    assert request is not None
    assert 0.8 < request.size / used < 1.5


def test_the_size_counts_the_scores(tmp_path: Path) -> None:
    """A model may have thousands of classes."""
    log = ManualLog(tmp_path)
    result = ScoreResult(log.version, {"probabilities": np.zeros((10, 5000), np.float32)})
    request = keep_rows(
        RequestFacts("id", "predict", ""), 0, RowBatch(10, [ROW] * 10), result, Choice(0, 1, 1.0)
    )
    assert request.size > 200_000


def test_a_large_request_does_not_keep_its_memory(tmp_path: Path) -> None:
    """The kept rows of columns are copies; the request's row numbers stay."""
    log = ManualLog(tmp_path, rows_per_s=10)
    columns = {"x": np.arange(1000.0), "n": np.arange(1000), "note": np.array(["a"] * 1000, object)}
    request = log.answer(columns=columns)
    assert request is not None
    assert isinstance(request.batch, ColumnBatch)
    assert request.batch.rows == 50
    assert request.batch.columns["x"].base is None
    assert request.batch.columns["n"].tolist() == [*request.numbers]
    assert len(request.scores["label"]) == 50
    rows = log.answer(*[(float(number), number, "a") for number in range(1000)])
    assert rows is not None
    assert [row[1] for row in rows.batch.cells] == [*rows.numbers]  # type: ignore[union-attr]


def test_requests_leave_the_queue_as_they_are_converted(tmp_path: Path) -> None:
    """A rest after each piece: many rows neither stop the event loop for long nor stay twice."""
    log = ManualLog(tmp_path)
    for _ in range(3 * BATCH_ROWS):
        log.answer(ROW)
    queue, waiting = log.log.queue, list[int]()
    writer = LogWriter(
        LogOptions(tmp_path),
        log.log.counts,
        log.clock.clock(),
        "0" * 16,
        lambda: waiting.append(queue.waiting_rows),
    )
    writer.write(queue.take(), log.live.identities)
    assert waiting == [2 * BATCH_ROWS, BATCH_ROWS, 0]
