"""The watcher, poll by poll: swaps, the cache, memory and log events."""

import gc
import weakref

import pytest
from structlog.testing import capture_logs

from baton_inference.core import Core
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.core_state import get_version
from tests.support.fakes.memory_registry import FakeRegistry

pytestmark = pytest.mark.usefixtures("two_versions")


def test_the_state_is_waiting_before_the_first_contact(core: Core) -> None:
    """Without a cache and without contact no version is known."""
    core.watcher.restore()
    status = core.watcher_state.status
    assert (status.state, status.aspired_version, status.serving) == ("waiting", None, None)
    assert not status.registry.reachable
    assert status.registry.last_success_at is None


def test_first_load_is_not_a_swap(core: Core) -> None:
    """The first version fills the slot and comes from the registry."""
    core.watcher.poll()
    status = core.watcher_state.status
    assert get_version(core) == "1"
    assert (status.state, status.aspired_version, status.swaps) == ("serving", "1", 0)
    assert status.serving is not None
    assert (status.serving.source, status.serving.run_id) == ("registry", "run-1")
    assert status.serving.since == "1970-01-01T00:16:40.000Z"


def test_the_alias_is_followed_forward_and_back(core: Core, registry: FakeRegistry) -> None:
    """Each move is one swap in one poll, to a later version or to an earlier one."""
    for aspired in ("1", "2", "1", "2"):
        registry.alias = aspired
        core.watcher.poll()
        assert get_version(core) == aspired
    assert core.watcher_state.status.swaps == core.metrics.swaps == 3


def test_a_version_in_the_cache_is_not_downloaded_again(core: Core, registry: FakeRegistry) -> None:
    """A move back to a cached version needs no artifact store."""
    core.watcher.poll()
    registry.alias = "2"
    core.watcher.poll()
    registry.downloads.clear()
    registry.alias = "1"
    core.watcher.poll()
    assert get_version(core) == "1"
    assert registry.downloads == []


def test_the_state_is_swapping_during_a_load(core: Core, registry: FakeRegistry) -> None:
    """One version serves while another one loads."""
    states: list[str] = []
    core.watcher.poll()
    registry.while_downloading = lambda: states.append(core.watcher_state.status.state)
    registry.alias = "2"
    core.watcher.poll()
    assert {*states} == {"swapping"}


def test_version_1_of_a_new_registry_is_another_version(core: Core, registry: FakeRegistry) -> None:
    """It has the same number but another source, so it is loaded."""
    core.watcher.poll()
    registry.add("1", "sum 0.75", source="models:/m-of-another-registry")
    core.watcher.poll()
    assert core.live.production is not None
    assert core.live.production.model.source == "models:/m-of-another-registry"
    assert core.watcher_state.status.swaps == 1


def test_the_old_version_is_freed(core: Core, registry: FakeRegistry) -> None:
    """A swap frees the old engine at once, without a garbage collection."""
    core.watcher.poll()
    assert core.live.production is not None
    engine = weakref.ref(core.live.production.engine)
    gc.disable()
    try:
        registry.alias = "2"
        core.watcher.poll()
        assert engine() is None
    finally:
        gc.enable()


def test_reference_cycles_of_a_load_are_freed(core: Core, registry: FakeRegistry) -> None:
    """A load ends with a garbage collection, because the process rarely collects."""

    class Cycle:
        """References itself."""

        def __init__(self) -> None:
            self.itself = self

    cycles: list[weakref.ref[Cycle]] = []
    registry.while_downloading = lambda: cycles.append(weakref.ref(Cycle()))
    gc.disable()
    try:
        core.watcher.poll()
    finally:
        gc.enable()
    assert cycles
    assert [each() for each in cycles if each() is not None] == []


def test_every_step_of_a_swap_is_logged(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """Each line has the version and, for a step of the load, its duration."""
    core.watcher.poll()
    registry.alias = "2"

    def pass_a_second() -> None:
        time.now_s += 1

    registry.while_downloading = pass_a_second  # for each of four files
    with capture_logs() as logs:
        core.watcher.poll()
    assert [(entry["event"], entry["version"], entry.get("seconds")) for entry in logs] == [
        ("alias resolved", "2", None),
        ("loading", "2", None),
        ("fetched and verified", "2", 4),
        ("opened and warmed up", "2", 0),
        ("version serving", "2", 4),
    ]
    registry.alias = "1"
    with capture_logs() as logs:
        core.watcher.poll()
    assert "verified in the cache" in [entry["event"] for entry in logs]
