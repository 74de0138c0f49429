"""What is told of what was seen; the watcher's tests tell the rest."""

from structlog.testing import capture_logs

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.state import Record
from baton_inference.telemetry.metrics import Metrics
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.inference import HandClock, served


def make_record() -> Record:
    """A record of nothing yet."""
    return Record("m", "production", LiveVersions(), Metrics(), HandClock().clock())


def test_snapshots_do_not_change() -> None:
    """A snapshot that was read stays as it is, whatever is seen later."""
    record = make_record()
    before = record.status
    record.note_unreachable("away")
    assert before.registry.consecutive_failures == 0
    assert record.status is not before


def test_logs_transitions_not_states() -> None:
    """A registry that stays away is told of once, and so is an alias that stays put."""
    record = make_record()
    with capture_logs() as logs:
        for _ in range(3):
            record.note_unreachable("away")
        for _ in range(3):
            record.note_aspired(None)
        for _ in range(3):
            record.note_aspired(ModelVersion("m", "1"))
    assert [entry["event"] for entry in logs] == [
        "the registry cannot be reached",
        "the registry answers again",
        "the alias points to",
        "the alias points to",
    ]


def test_a_failure_stays_shown_until_the_aspired_version_serves() -> None:
    """While the alias is gone, the last failure can still be read."""
    record = make_record()
    version = ModelVersion("m", "4")
    record.note_aspired(version)
    record.note_failure(version, LoadFailure(FailureKind.ENGINE, "broken"))
    record.note_aspired(None)
    assert record.failure is None
    assert record.status.last_load_failure is not None
    record.note_serving(served())
    assert record.status.last_load_failure is None
