"""The moves of the alias, read seldom, on a clock moved by hand."""

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
    """A reader, its registry, and how often it was asked."""

    def __init__(self) -> None:
        self.registry = FakeRegistry()
        self.time = ManualClock()
        self.reads = 0
        self.reader = MoveReader(self.registry, "churn_model", "production", self.time.clock())
        original = self.registry.get_model_tags

        def counted(name: str) -> dict[str, str]:
            self.reads += 1
            return original(name)

        self.registry.get_model_tags = counted  # type: ignore[method-assign]

    def tell(self, number: int, to: str, reason: str = "") -> None:
        """Somebody promotes."""
        move = Move(START, None, to, "promote", "ann", reason)
        self.registry.tags.update(
            [ledger.to_tag("production", Entry(number, "t", move, done=True))]
        )

    def told(self) -> list[tuple[str | None, str]]:
        return [(move.to_version, move.how) for move in self.reader.known.moves]


@pytest.fixture
def bench() -> Bench:
    """A reader that has read nothing."""
    return Bench()


def test_nothing_is_known_before_the_first_look(bench: Bench) -> None:
    """No reading is told apart from an empty one."""
    assert bench.reader.known == KnownMoves()
    bench.reader.follow(None)
    assert bench.reader.known == KnownMoves("1970-01-01T00:16:40.000Z")


def test_a_move_is_read_at_once_and_the_rest_seldom(bench: Bench) -> None:
    """One reading a move, and one a minute: the registry is not asked with each look."""
    bench.tell(1, "1")
    for _ in range(3):
        bench.reader.follow("1")
    assert bench.reads == 1
    bench.tell(2, "2")
    bench.reader.follow("2")
    assert (bench.reads, bench.told()) == (2, [("1", "promote"), ("2", "promote")])
    bench.time.now_s += REFRESH_S
    bench.reader.follow("2")
    assert bench.reads == 3


def test_a_move_that_nobody_told_is_of_when_it_was_first_seen(bench: Bench) -> None:
    """Its time does not wander with each reading, and nothing is written."""
    bench.reader.follow("7")
    seen = bench.reader.known.moves
    bench.time.now_s += REFRESH_S
    bench.reader.follow("7")
    assert bench.reader.known.moves == seen
    assert bench.told() == [("7", "external")]
    assert bench.registry.tags == {}


def test_what_was_read_stays_while_the_registry_is_away(bench: Bench) -> None:
    """A failed reading keeps the last one, is told in the log, and is tried again soon."""
    bench.tell(1, "1")
    bench.reader.follow("1")
    known = bench.reader.known
    bench.registry.fault = RegistryUnavailable("no answer")
    with capture_logs() as logs:
        bench.reader.follow("2")
        bench.reader.follow("2")
    assert bench.reader.known == known
    assert [entry["reason"] for entry in logs] == ["no answer"]
    bench.registry.fault = None
    bench.time.now_s += RETRY_S
    bench.reader.follow("2")
    assert bench.told() == [("1", "promote"), ("2", "external")]
