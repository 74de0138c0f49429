"""What the tags of the model say, read on a manual clock."""

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from baton_inference.lifecycle.model_tags import (
    REFRESH_S,
    RETRY_S,
    ROLLOUT_REFRESH_S,
    KnownTags,
    ModelTagReader,
)
from baton_registry.errors import RegistryUnavailable
from baton_registry.promotion import ledger
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.versions.monitoring_tags import DriftTag
from baton_rollout.limits import Limits
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.memory_registry import FakeRegistry

START = datetime(2026, 1, 1, tzinfo=UTC)


class Scenario:
    """A reader, its registry, and the number of its readings."""

    def __init__(self) -> None:
        self.registry = FakeRegistry()
        self.time = ManualClock()
        self.reads = 0
        self.canary: object = None
        self.reader = ModelTagReader(
            self.registry,
            "churn_model",
            "production",
            self.time.clock(),
            canary_alias="canary",
            describe_canary=lambda: self.canary,
        )
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

    def record(self, record: Record | str) -> None:
        """Writes the record of the rollout."""
        text = record if isinstance(record, str) else record.to_text()
        self.registry.tags["baton.rollout.canary"] = text

    def list_moves(self) -> list[tuple[str | None, str]]:
        return [(move.to_version, move.how) for move in self.reader.known.moves]


@pytest.fixture
def scenario() -> Scenario:
    """A new reader."""
    return Scenario()


def test_nothing_is_known_before_the_first_reading(scenario: Scenario) -> None:
    """No reading differs from an empty one."""
    assert scenario.reader.known == KnownTags()
    scenario.reader.refresh(None)
    assert scenario.reader.known == KnownTags("1970-01-01T00:16:40.000Z")


def test_moves_are_read_once_a_move_and_once_a_minute(scenario: Scenario) -> None:
    """A poll alone reads nothing."""
    scenario.promote(1, "1")
    for _ in range(3):
        scenario.reader.refresh("1")
    assert scenario.reads == 1
    scenario.promote(2, "2")
    scenario.reader.refresh("2")
    assert (scenario.reads, scenario.list_moves()) == (2, [("1", "promote"), ("2", "promote")])
    scenario.time.now_s += REFRESH_S
    scenario.reader.refresh("2")
    assert scenario.reads == 3


def test_an_external_move_has_the_time_of_its_first_reading(scenario: Scenario) -> None:
    """Later readings do not change its time, and the ledger stays as it is."""
    scenario.reader.refresh("7")
    seen = scenario.reader.known.moves
    scenario.time.now_s += REFRESH_S
    scenario.reader.refresh("7")
    assert scenario.reader.known.moves == seen
    assert scenario.list_moves() == [("7", "external")]
    assert scenario.registry.tags == {}


def test_a_failed_reading_keeps_the_last_one(scenario: Scenario) -> None:
    """It is logged, and retried soon."""
    scenario.promote(1, "1")
    scenario.reader.refresh("1")
    known = scenario.reader.known
    scenario.registry.fault = RegistryUnavailable("no answer")
    with capture_logs() as logs:
        scenario.reader.refresh("2")
        scenario.reader.refresh("2")
    assert scenario.reader.known == known
    assert [entry["reason"] for entry in logs] == ["no answer"]
    scenario.registry.fault = None
    scenario.time.now_s += RETRY_S
    scenario.reader.refresh("2")
    assert scenario.list_moves() == [("1", "promote"), ("2", "external")]


RECORD = Record.create(Plan("0badcafe", "7", "production", "ann", "", START, Limits()), "3")


def test_rollout_is_read_more_often_while_it_is_under_way(scenario: Scenario) -> None:
    """Its step changes; after its end, once a minute is enough."""
    scenario.record(RECORD)
    scenario.reader.refresh("3")
    assert scenario.reader.known.rollout == RECORD
    ended = RECORD.end("aborted", "it fails", START)
    scenario.record(ended)
    scenario.time.now_s += ROLLOUT_REFRESH_S
    scenario.reader.refresh("3")
    assert scenario.reader.known.rollout == ended
    scenario.time.now_s += ROLLOUT_REFRESH_S
    scenario.reader.refresh("3")
    assert scenario.reads == 2


def test_rollout_is_read_at_once_if_the_canary_changes(scenario: Scenario) -> None:
    """A new version, or a new weight."""
    scenario.reader.refresh("3")
    scenario.canary = ("7", 0.0)
    scenario.record(RECORD)
    scenario.reader.refresh("3")
    scenario.reader.refresh("3")
    assert (scenario.reads, scenario.reader.known.rollout) == (2, RECORD)


def test_record_that_cannot_be_read_is_logged_once(scenario: Scenario) -> None:
    """Any client may write the tag. The moves are known all the same."""
    scenario.promote(1, "1")
    events = []
    for text in ("{", "{", "[]"):
        scenario.record(text)
        scenario.time.now_s += REFRESH_S
        with capture_logs() as logs:
            scenario.reader.refresh("1")
        assert scenario.reader.known.rollout is None
        assert scenario.list_moves() == [("1", "promote")]
        events += [entry["event"] for entry in logs]
    assert events == ["the record of the rollout cannot be read"] * 2


def test_tags_of_monitoring_are_read_and_what_is_unreadable_is_logged_once(
    scenario: Scenario,
) -> None:
    """The moves are known all the same."""
    scenario.promote(1, "1")
    drift = DriftTag(at="2026-11-30T10:00:00.000Z", version="1", rows=400, drifted=0, columns=20)
    scenario.registry.tags["baton.drift"] = drift.to_text()
    events = []
    for text in ("{", "{", "[]"):
        scenario.registry.tags["baton.quality"] = text
        with capture_logs() as logs:
            scenario.reader.refresh("1")
        scenario.time.now_s += REFRESH_S
        assert scenario.reader.known.monitoring.drift == drift
        assert scenario.list_moves() == [("1", "promote")]
        events += [entry["event"] for entry in logs]
    assert events == ["a tag of the model cannot be read"] * 2
