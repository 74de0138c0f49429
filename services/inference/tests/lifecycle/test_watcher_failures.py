"""The watcher during failures: broken versions, a removed alias, outages, restarts."""

from pathlib import Path

import pytest

from baton_inference.core import Core
from baton_registry.errors import RegistryRefused, RegistryUnavailable
from tests.support.fakes.application import make_core
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.core_state import get_state, get_version
from tests.support.fakes.memory_registry import FakeRegistry

AWAY = RegistryUnavailable("no answer from the registry")


pytestmark = pytest.mark.usefixtures("two_versions")


def test_a_broken_version_does_not_replace_the_serving_one(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """Its failure is reported, and its load is retried after 60 s."""
    core.watcher.poll()
    registry.add("3", "broken")
    registry.alias = "3"
    core.watcher.poll()
    status = core.watcher_state.status
    assert get_version(core) == "1"
    assert (status.state, status.aspired_version) == ("degraded", "3")
    failure = status.last_load_failure
    assert failure is not None
    assert (failure.version, failure.reason, failure.attempts) == ("3", "the model is broken", 1)

    for passed_s, attempts in ((59, 1), (1, 2), (59.9, 2), (0.1, 3)):
        time.now_s += passed_s
        core.watcher.poll()
        failure = core.watcher_state.status.last_load_failure
        assert failure is not None
        assert failure.attempts == attempts


def test_a_failed_fetch_is_retried_after_five_seconds(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """The failure is cleared once the version serves."""
    core.watcher.poll()
    registry.alias, registry.download_fault = "2", AWAY
    core.watcher.poll()
    assert get_state(core) == "degraded"
    registry.download_fault = None
    time.now_s += 4.9
    core.watcher.poll()
    assert get_version(core) == "1"
    time.now_s += 0.1
    core.watcher.poll()
    assert get_version(core) == "2"
    assert core.watcher_state.status.last_load_failure is None
    assert get_state(core) == "serving"


def test_a_failed_version_is_retried_at_once_if_the_alias_returns_to_it(
    core: Core, registry: FakeRegistry
) -> None:
    """The retry does not wait for the 60 s to pass."""
    core.watcher.poll()
    registry.add("3", "broken")
    for aspired in ("3", "2"):
        registry.alias = aspired
        core.watcher.poll()
    assert core.watcher_state.status.last_load_failure is None
    registry.add("3", "sum 0.9")
    registry.alias = "3"
    core.watcher.poll()
    assert get_version(core) == "3"


def test_a_removed_alias_is_not_an_outage(core: Core, registry: FakeRegistry) -> None:
    """The registry is reachable, no version is aspired, and the old version still serves."""
    core.watcher.poll()
    registry.alias = None
    core.watcher.poll()
    status = core.watcher_state.status
    assert get_version(core) == "1"
    assert (status.state, status.aspired_version) == ("degraded", None)
    assert status.registry.reachable
    assert status.last_load_failure is None


def test_the_state_is_waiting_without_an_alias(core: Core, registry: FakeRegistry) -> None:
    registry.alias = None
    core.watcher.poll()
    assert get_state(core) == "waiting"


@pytest.mark.parametrize(
    "fault", [AWAY, RegistryRefused("403", error_code="", status=403), ValueError("unexpected")]
)
def test_an_outage_keeps_the_aspired_version(
    core: Core, registry: FakeRegistry, fault: Exception
) -> None:
    """After any other error the registry is "not reachable"."""
    core.watcher.poll()
    at = core.watcher_state.status.registry.last_success_at
    registry.fault = fault
    core.watcher.poll()
    core.watcher.poll()
    status = core.watcher_state.status
    assert (status.state, status.aspired_version) == ("degraded", "1")
    assert not status.registry.reachable
    assert (status.registry.consecutive_failures, status.registry.last_success_at) == (2, at)
    assert status.registry.last_error
    registry.fault = None
    core.watcher.poll()
    assert get_state(core) == "serving"
    assert core.watcher_state.status.registry.last_error is None


def test_a_restart_during_an_outage_serves_from_the_cache(
    tmp_path: Path, core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """The source is `cache` until the registry confirms the version."""
    core.watcher.poll()
    registry.fault = AWAY
    restarted = make_core(tmp_path / "cache", registry, time)
    restarted.watcher.restore()
    status = restarted.watcher_state.status
    assert status.serving is not None
    assert (status.serving.version, status.serving.source) == ("1", "cache")
    assert (status.state, status.aspired_version, status.swaps) == ("degraded", "1", 0)

    registry.fault = None
    restarted.watcher.poll()
    status = restarted.watcher_state.status
    assert status.serving is not None
    assert (status.state, status.serving.source, status.swaps) == ("serving", "registry", 0)


def test_a_promotion_before_a_restart_is_one_swap(
    tmp_path: Path, core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """The cached version serves first; the promoted one replaces it."""
    core.watcher.poll()
    registry.alias = "2"
    restarted = make_core(tmp_path / "cache", registry, time)
    restarted.watcher.restore()
    restarted.watcher.poll()
    assert get_version(restarted) == "2"
    assert restarted.watcher_state.status.swaps == 1


def test_swap_duration_starts_at_the_alias_move(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """The duration of a swap includes its retries."""
    core.watcher.poll()
    registry.alias, registry.download_fault = "2", AWAY
    core.watcher.poll()
    registry.download_fault = None
    time.now_s += 7
    core.watcher.poll()
    assert core.metrics.swap_duration.sum == 7
    assert core.metrics.swap_failures == {"fetch": 1}
