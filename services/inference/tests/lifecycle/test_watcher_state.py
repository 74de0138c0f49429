"""The watcher's state: its snapshots and log events."""

from structlog.testing import capture_logs

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.watcher_state import WatcherState
from baton_inference.telemetry.metrics import Metrics
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.live_version import make_live_version


def make_state() -> WatcherState:
    """A new watcher state."""
    return WatcherState("m", "production", LiveVersions(), Metrics(), ManualClock().clock())


def test_snapshots_do_not_change() -> None:
    """A later event leaves an earlier snapshot as it is."""
    state = make_state()
    before = state.status
    state.note_unreachable("away")
    assert before.registry.consecutive_failures == 0
    assert state.status is not before


def test_transitions_are_logged_once() -> None:
    """A lasting outage writes one line, and so does an alias that does not move."""
    state = make_state()
    with capture_logs() as logs:
        for _ in range(3):
            state.note_unreachable("away")
        for _ in range(3):
            state.note_aspired(None)
        for _ in range(3):
            state.note_aspired(ModelVersion("m", "1"))
    assert [entry["event"] for entry in logs] == [
        "the registry cannot be reached",
        "the registry can be reached again",
        "alias resolved",
        "alias resolved",
    ]


def test_a_load_failure_is_reported_until_the_aspired_version_serves() -> None:
    """The status still reports it after the alias was removed."""
    state = make_state()
    version = ModelVersion("m", "4")
    state.note_aspired(version)
    state.note_failure(version, LoadFailure(FailureKind.ENGINE, "broken"))
    state.note_aspired(None)
    assert state.failure is None
    assert state.status.last_load_failure is not None
    state.note_serving(make_live_version())
    assert state.status.last_load_failure is None
