"""The moves of the alias, read on a manual clock."""

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from baton_inference.lifecycle.moves import REFRESH_S, RETRY_S, KnownMoves, MoveReader
from baton_registry.errors import RegistryUnavailable
from baton_registry.promotion import ledger
from baton_registry.promotion.ledger import Entry, Move
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.memory_registry import FakeRegistry

START = datetime(2026, 1, 1, tzinfo=UTC)


class Bench:
    """A reader, its registry, and the number of its readings."""

    def __init__(self) -> None:
        self.registry = FakeRegistry()
        self.time = ManualClock()
        self.reads = 0
        self.reader = MoveReader(self.registry, "churn_model", "production", self.time.clock())
        original = self.registry.get_model_tags

        def count_and_read(name: str) -> dict[str, str]:
            self.reads += 1
            return original(name)

        self.registry.get_model_tags = count_and_read  # type: ignore[method-assign]

    def promote(self, number: int, to: str, reason: str = "") -> None:
        """Adds a promotion to the ledger."""
        move = Move(START, None, to, "promote", "ann", reason)
        self.registry.tags.update(
            [ledger.to_tag("production", Entry(number, "t", move, done=True))]
        )

    def list_moves(self) -> list[tuple[str | None, str]]:
        return [(move.to_version, move.how) for move in self.reader.known.moves]


@pytest.fixture
def bench() -> Bench:
    """A new reader."""
    return Bench()


def test_nothing_is_known_before_the_first_reading(bench: Bench) -> None:
    """No reading differs from an empty one."""
    assert bench.reader.known == KnownMoves()
    bench.reader.refresh(None)
    assert bench.reader.known == KnownMoves("1970-01-01T00:16:40.000Z")


def test_moves_are_read_once_a_move_and_once_a_minute(bench: Bench) -> None:
    """A poll alone reads nothing."""
    bench.promote(1, "1")
    for _ in range(3):
        bench.reader.refresh("1")
    assert bench.reads == 1
    bench.promote(2, "2")
    bench.reader.refresh("2")
    assert (bench.reads, bench.list_moves()) == (2, [("1", "promote"), ("2", "promote")])
    bench.time.now_s += REFRESH_S
    bench.reader.refresh("2")
    assert bench.reads == 3


def test_an_external_move_has_the_time_of_its_first_reading(bench: Bench) -> None:
    """Later readings do not change its time, and the ledger stays as it is."""
    bench.reader.refresh("7")
    seen = bench.reader.known.moves
    bench.time.now_s += REFRESH_S
    bench.reader.refresh("7")
    assert bench.reader.known.moves == seen
    assert bench.list_moves() == [("7", "external")]
    assert bench.registry.tags == {}


def test_a_failed_reading_keeps_the_last_one(bench: Bench) -> None:
    """It is logged, and retried soon."""
    bench.promote(1, "1")
    bench.reader.refresh("1")
    known = bench.reader.known
    bench.registry.fault = RegistryUnavailable("no answer")
    with capture_logs() as logs:
        bench.reader.refresh("2")
        bench.reader.refresh("2")
    assert bench.reader.known == known
    assert [entry["reason"] for entry in logs] == ["no answer"]
    bench.registry.fault = None
    bench.time.now_s += RETRY_S
    bench.reader.refresh("2")
    assert bench.list_moves() == [("1", "promote"), ("2", "external")]
