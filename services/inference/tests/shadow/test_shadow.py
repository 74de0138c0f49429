"""The comparison of production and canary, batch by batch."""

import json
from dataclasses import replace

import numpy as np
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.transpose import Rows
from baton_inference.lifecycle.live_versions import CANARY
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.batch import ColumnBatch, RowBatch, score_batches
from baton_inference.scoring.observer import OtherAnswer, RowSource, SmallBody
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.shadow import worker as worker_module
from baton_inference.shadow.queue import MAX_WAITING_ROWS
from baton_registry.versions.schema import Column, Schema
from baton_rollout.pair_counts import PairCounts
from baton_rollout.signals import GRID
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import COLUMNS, SCHEMA
from tests.support.fakes.shadow import (
    ANYBODY,
    ManualShadow,
    NumberModel,
    fail_from,
    make_rows,
)


def make_pair(canary: NumberModel | None = None, **values: object) -> ManualShadow:
    production = make_live_version(NumberModel(), version="1")
    return ManualShadow(
        production,
        make_live_version(canary or NumberModel(), version="2", **values),  # type: ignore[arg-type]
    )


@pytest.fixture(autouse=True)
def untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No batch is timed, so that the counts are exact."""
    monkeypatch.setattr(worker_module, "TIMED_SHARE", 0.0)


def test_equal_versions_differ_in_nothing() -> None:
    pair = make_pair()
    pair.answer(*make_rows(60))
    histogram = tuple(60 if value == 0 else 0 for value in GRID)
    assert pair.run() == PairCounts(pairs=60, compared=60, score={"yes": histogram})
    assert pair.find_trip() is None
    assert pair.shadow.outcomes.scored == 60


def test_the_canary_fails_on_some_rows() -> None:
    pair = make_pair(NumberModel(fail_from(0.4)))
    pair.answer(*make_rows(50, x=lambda n: n / 100))
    counts = pair.run()
    assert (counts.pairs, counts.failures, counts.compared) == (50, 10, 40)
    assert (pair.shadow.outcomes.scored, pair.shadow.outcomes.failed) == (40, 10)


def test_an_answer_of_nan_is_a_failure_of_the_canary() -> None:
    pair = make_pair(NumberModel(lambda x: np.where(x > 0.4, np.nan, x)))
    pair.answer(*make_rows(50, x=lambda n: n / 100))
    counts = pair.run()
    assert (counts.pairs, counts.failures, counts.compared) == (50, 9, 41)


def test_rows_on_which_both_fail_are_no_failures_of_the_canary() -> None:
    def find_share(x: np.ndarray) -> np.ndarray:
        return np.full(len(x), np.nan)

    production = make_live_version(NumberModel(find_share), version="1")
    pair = ManualShadow(production, make_live_version(NumberModel(find_share), version="2"))
    pair.answer(*make_rows(5))
    assert pair.run() == PairCounts(pairs=5)


def test_rows_that_the_canary_answered_are_scored_by_production() -> None:
    pair = make_pair(NumberModel(lambda x: x + 0.25))
    pair.answer(*make_rows(4, x=lambda n: 0.25 + n / 1e9), version=pair.live.canary)
    counts = pair.run()
    assert (counts.pairs, counts.compared, counts.other_labels) == (4, 4, 0)
    assert counts.score["yes"][GRID.index(0.25)] >= 3


def test_labels_and_scores_that_differ_are_counted() -> None:
    pair = make_pair(NumberModel(lambda x: 1 - x))
    pair.answer(*make_rows(10, x=lambda n: 0.25 + n / 1e9))
    counts = pair.run()
    assert counts.other_labels == 10
    assert counts.score["yes"][GRID.index(0.5)] >= 8


def test_the_canary_has_its_columns_in_another_order() -> None:
    schema = Schema((*reversed(COLUMNS),), classes=SCHEMA.classes)

    class Other(NumberModel):
        def score_rows(self, rows: Rows) -> Scores:
            return self.score({"x": np.array([x for _, _, x in rows])})

    pair = make_pair(Other(), schema=schema)
    pair.answer(*make_rows(3, x=lambda n: n / 10))
    assert pair.run().other_labels == 0
    assert pair.counts.compared == 3


def test_repeated_rows_do_not_count() -> None:
    pair = make_pair()
    for _ in range(3):
        pair.answer(*make_rows(5))
        pair.run()
    assert pair.counts.pairs == 5
    assert pair.shadow.outcomes.repeated == 10


def test_no_key_gives_more_than_a_tenth_of_the_pairs() -> None:
    """One of 21 callers sends half of the rows."""
    pair = make_pair()
    pair.answer(*make_rows(20), source=RowSource(1, None))
    for number, row in enumerate(make_rows(800, x=lambda n: 0.5 + n / 1e6)):
        key = 1 if number % 2 else 2 + number % 40
        pair.answer(row, source=RowSource(key, None))
        pair.run()
    taken = pair.counts.pairs
    assert taken < 400 + 20 + 60  # all rows of the others, and about a tenth of the pairs
    assert pair.shadow.outcomes.over_share == 820 - taken


def test_a_full_queue_drops_and_never_waits() -> None:
    pair = make_pair()
    pair.answer(*make_rows(MAX_WAITING_ROWS + 7))
    assert (len(pair.shadow.queue), pair.shadow.queue.dropped) == (MAX_WAITING_ROWS, 7)
    assert pair.run().pairs == MAX_WAITING_ROWS


def test_a_large_request_is_one_witness() -> None:
    """Rows and columns alike."""
    pair = make_pair()
    version = pair.live.production
    assert version is not None
    rows = make_rows(1000)
    scores = version.engine.score_rows(rows)
    columns = {
        "x": np.array([x for x, _, _ in rows]),
        "n": np.array([n for _, n, _ in rows]),
        "note": np.array(["b"] * 1000, object),
    }
    for batch in (RowBatch(1000, rows), ColumnBatch(1000, columns)):
        pair.shadow.queue.observe(
            ScoreRequest(version, batch), ScoreResult(version, scores), ANYBODY
        )
    counts = pair.run()
    assert (counts.pairs, counts.other_labels) == (2, 0)
    assert counts.score["yes"][GRID.index(0.0)] == 2  # its scores are those of the same row


class Note:
    """Waits for the answer of the other version."""

    other: OtherAnswer | None = None


def test_the_other_answer_is_handed_over() -> None:
    """To the note of the request, with the row that was scored; not to one that it fails on."""
    pair = make_pair()
    version, canary = pair.live.production, pair.live.canary
    assert version is not None
    assert canary is not None
    rows = make_rows(100)
    scores = version.engine.score_rows(rows)
    note, none = Note(), Note()
    queue = pair.shadow.queue
    request = ScoreRequest(version, RowBatch(100, rows))
    queue.observe(request, ScoreResult(version, scores), ANYBODY, note=note)
    pair.run()
    assert note.other is not None
    row, other, answer = note.other
    assert other is canary
    expected = canary.engine.score_rows([rows[row]])
    assert answer["probabilities"].tolist() == expected["probabilities"].tolist()
    pair.live.swap(make_live_version(NumberModel(fail_from(0.5)), version="3"), CANARY)
    pair.shadow.step()
    bad = make_rows(1, x=lambda _: 0.75)
    request = ScoreRequest(version, RowBatch(1, bad))
    result = ScoreResult(version, version.engine.score_rows(bad))
    queue.observe(request, result, ANYBODY, note=none)
    assert pair.run().failures == 1
    assert none.other is None


def test_another_version_makes_the_counts_void() -> None:
    pair = make_pair()
    pair.answer(*make_rows(5))
    pair.run()
    pair.answer(*make_rows(5, x=lambda n: 0.5 + n / 1e6))
    pair.live.swap(make_live_version(NumberModel(), version="3"), CANARY)
    pair.shadow.step()
    assert pair.counts == PairCounts()
    assert len(pair.shadow.queue) == 0
    assert pair.shadow.status is not None
    assert (pair.shadow.status.production, pair.shadow.status.canary) == ("1", "3")


def test_a_confirmed_production_is_the_same_version() -> None:
    pair = make_pair()
    pair.answer(*make_rows(5))
    production = pair.live.production
    assert production is not None
    pair.live.production = replace(production, source="registry")
    assert pair.run().pairs == 5


def test_without_a_canary_nothing_is_compared() -> None:
    pair = make_pair()
    pair.answer(*make_rows(5))
    pair.live.drop_canary()
    pair.shadow.step()
    assert pair.shadow.status is None
    assert len(pair.shadow.queue) == 0


def test_a_body_is_decoded_again_for_other_columns() -> None:
    """`/invocations` ignores columns that production lacks, and needs those of the canary."""
    city = Column("city", "string", required=False)
    schema = Schema((*COLUMNS, city), classes=SCHEMA.classes)

    class Local(NumberModel):
        def score_rows(self, rows: Rows) -> Scores:
            return self.score({"x": np.array([{"Rome": 1.0}.get(city, 0.0) for *_, city in rows])})

    pair = make_pair(Local(), schema=schema)
    assert pair.shadow.queue.needs_bodies
    production = pair.live.production
    assert production is not None
    media = MediaHeaders(((b"content-type", b"application/json"),))
    names = ["x", "n", "note", "city"]
    for cells in ([0.25, 1, "a", "Rome"], [0.25, 2, "a", "Bonn"], [0.25, 3, "a"]):
        split = {"columns": names[: len(cells)], "data": [cells]}
        content = json.dumps({"dataframe_split": split}).encode()
        batch = production.codecs["invocations"].decode(content, media)
        scores = score_batches(production.engine, [batch])
        pair.shadow.queue.observe(
            ScoreRequest(production, batch),
            ScoreResult(production, scores),
            ANYBODY,
            SmallBody("invocations", content, media),
        )
    counts = pair.run()
    assert (counts.pairs, counts.failures, counts.compared) == (3, 1, 2)
    assert counts.other_labels == 1


def test_without_its_body_a_row_is_not_compared_over_other_columns() -> None:
    """A large body is not kept. Its decoded rows may lack what the other version reads."""
    city = Column("city", "string", required=False)
    pair = make_pair(schema=Schema((*COLUMNS, city), classes=SCHEMA.classes))
    pair.answer(*make_rows(5))
    assert pair.run() == PairCounts()


def test_the_same_columns_need_no_bodies() -> None:
    assert not make_pair().shadow.queue.needs_bodies
