"""The watcher, step by step, against a registry in memory and a clock moved by hand."""

import gc
import weakref
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_inference.core import Core, create_core
from baton_registry.errors import RegistryRefused, RegistryUnavailable
from tests.support.fakes.application import make_settings
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine

AWAY = RegistryUnavailable("no answer from the registry")


@pytest.fixture
def registry() -> FakeRegistry:
    """A registry with two versions and the alias on the first."""
    fake = FakeRegistry()
    fake.add("1", "sum 0.25")
    fake.add("2", "sum 0.75")
    fake.alias = "1"
    return fake


@pytest.fixture
def time() -> ManualClock:
    """The time, moved by hand."""
    return ManualClock()


def make_core(cache: Path, registry: FakeRegistry, time: ManualClock) -> Core:
    """A core that has not looked at anything yet."""
    return create_core(
        make_settings(cache), registry=registry, open_engine=open_fake_engine, clock=time.clock()
    )


@pytest.fixture
def core(tmp_path: Path, registry: FakeRegistry, time: ManualClock) -> Core:
    """A core with an empty cache."""
    return make_core(tmp_path / "cache", registry, time)


def version_in(core: Core) -> str | None:
    """The version in the slot."""
    return core.live.production.model.version if core.live.production else None


def read_state(core: Core) -> str:
    """The state in the status."""
    return core.watcher_state.status.state


def test_is_waiting_before_the_first_contact(core: Core) -> None:
    """Without a cache and without contact nothing is known, and nothing is claimed."""
    core.watcher.restore()
    status = core.watcher_state.status
    assert (status.state, status.aspired_version, status.serving) == ("waiting", None, None)
    assert not status.registry.reachable
    assert status.registry.last_success_at is None


def test_first_load_is_no_swap(core: Core) -> None:
    """The first version fills the slot, confirmed by the registry, and counts as no swap."""
    core.watcher.step()
    status = core.watcher_state.status
    assert version_in(core) == "1"
    assert (status.state, status.aspired_version, status.swaps) == ("serving", "1", 0)
    assert status.serving is not None
    assert (status.serving.source, status.serving.run_id) == ("registry", "run-1")
    assert status.serving.since == "1970-01-01T00:16:40.000Z"


def test_follows_the_alias_forward_and_back(core: Core, registry: FakeRegistry) -> None:
    """A move to a later version and one to an earlier version are both swaps, in one step each."""
    for aspired in ("1", "2", "1", "2"):
        registry.alias = aspired
        core.watcher.step()
        assert version_in(core) == aspired
    assert core.watcher_state.status.swaps == core.metrics.swaps == 3


def test_a_version_in_the_cache_is_not_downloaded_again(core: Core, registry: FakeRegistry) -> None:
    """Going back to a version that is still kept needs nothing from the artifact store."""
    core.watcher.step()
    registry.alias = "2"
    core.watcher.step()
    registry.downloads.clear()
    registry.alias = "1"
    core.watcher.step()
    assert version_in(core) == "1"
    assert registry.downloads == []


def test_says_swapping_while_it_loads(core: Core, registry: FakeRegistry) -> None:
    """While a version is loaded beside one that serves, the state says so."""
    seen: list[str] = []
    core.watcher.step()
    registry.while_downloading = lambda: seen.append(core.watcher_state.status.state)
    registry.alias = "2"
    core.watcher.step()
    assert {*seen} == {"swapping"}


def test_a_wiped_registry_numbers_from_one_again(core: Core, registry: FakeRegistry) -> None:
    """A version 1 with other files is another version: it is loaded."""
    core.watcher.step()
    registry.add("1", "sum 0.75", source="models:/m-of-another-registry")
    core.watcher.step()
    assert core.live.production is not None
    assert core.live.production.model.source == "models:/m-of-another-registry"
    assert core.watcher_state.status.swaps == 1


def test_broken_version_leaves_what_serves(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """A version that cannot be loaded is shown, is tried again after 60 s, and harms nothing."""
    core.watcher.step()
    registry.add("3", "broken")
    registry.alias = "3"
    core.watcher.step()
    status = core.watcher_state.status
    assert version_in(core) == "1"
    assert (status.state, status.aspired_version) == ("degraded", "3")
    failure = status.last_load_failure
    assert failure is not None
    assert (failure.version, failure.reason, failure.attempts) == ("3", "the model is broken", 1)

    for passed_s, attempts in ((59, 1), (1, 2), (59.9, 2), (0.1, 3)):
        time.now_s += passed_s
        core.watcher.step()
        failure = core.watcher_state.status.last_load_failure
        assert failure is not None
        assert failure.attempts == attempts


def test_failed_fetch_is_tried_again_after_five_seconds(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """A fetch that fails is repeated after 5 s, and the failure is gone once it serves."""
    core.watcher.step()
    registry.alias, registry.download_fault = "2", AWAY
    core.watcher.step()
    assert read_state(core) == "degraded"
    registry.download_fault = None
    time.now_s += 4.9
    core.watcher.step()
    assert version_in(core) == "1"
    time.now_s += 0.1
    core.watcher.step()
    assert version_in(core) == "2"
    assert core.watcher_state.status.last_load_failure is None
    assert read_state(core) == "serving"


def test_a_failed_version_left_meanwhile_is_tried_at_once(
    core: Core, registry: FakeRegistry
) -> None:
    """Coming back to a version that failed does not wait for the 60 s to pass."""
    core.watcher.step()
    registry.add("3", "broken")
    for aspired in ("3", "2"):
        registry.alias = aspired
        core.watcher.step()
    assert core.watcher_state.status.last_load_failure is None
    registry.add("3", "sum 0.9")
    registry.alias = "3"
    core.watcher.step()
    assert version_in(core) == "3"


def test_alias_away_is_not_registry_away(core: Core, registry: FakeRegistry) -> None:
    """An alias that is not set is an answer: reachable, aspired null, degraded, still serving."""
    core.watcher.step()
    registry.alias = None
    core.watcher.step()
    status = core.watcher_state.status
    assert version_in(core) == "1"
    assert (status.state, status.aspired_version) == ("degraded", None)
    assert status.registry.reachable
    assert status.last_load_failure is None


def test_alias_not_set_from_the_start_is_waiting(core: Core, registry: FakeRegistry) -> None:
    """An empty slot and no alias: waiting."""
    registry.alias = None
    core.watcher.step()
    assert read_state(core) == "waiting"


@pytest.mark.parametrize(
    "fault", [AWAY, RegistryRefused("403", error_code="", status=403), ValueError("odd")]
)
def test_registry_away_keeps_what_is_known(
    core: Core, registry: FakeRegistry, fault: Exception
) -> None:
    """Any other failed look-up is "not reachable": the last aspired version stays known."""
    core.watcher.step()
    at = core.watcher_state.status.registry.last_success_at
    registry.fault = fault
    core.watcher.step()
    core.watcher.step()
    status = core.watcher_state.status
    assert (status.state, status.aspired_version) == ("degraded", "1")
    assert not status.registry.reachable
    assert (status.registry.consecutive_failures, status.registry.last_success_at) == (2, at)
    assert status.registry.last_error
    registry.fault = None
    core.watcher.step()
    assert read_state(core) == "serving"
    assert core.watcher_state.status.registry.last_error is None


def test_restarts_from_the_cache_without_the_registry(
    tmp_path: Path, core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """What served is served after a restart with the registry away, and is told as cached."""
    core.watcher.step()
    registry.fault = AWAY
    again = make_core(tmp_path / "cache", registry, time)
    again.watcher.restore()
    status = again.watcher_state.status
    assert status.serving is not None
    assert (status.serving.version, status.serving.source) == ("1", "cache")
    assert (status.state, status.aspired_version, status.swaps) == ("degraded", "1", 0)

    registry.fault = None
    again.watcher.step()
    status = again.watcher_state.status
    assert status.serving is not None
    assert (status.state, status.serving.source, status.swaps) == ("serving", "registry", 0)


def test_what_was_promoted_meanwhile_replaces_the_cached_version(
    tmp_path: Path, core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """A restart from the cache, then another version from the registry, is one swap."""
    core.watcher.step()
    registry.alias = "2"
    again = make_core(tmp_path / "cache", registry, time)
    again.watcher.restore()
    again.watcher.step()
    assert version_in(again) == "2"
    assert again.watcher_state.status.swaps == 1


def test_the_old_version_is_freed(core: Core, registry: FakeRegistry) -> None:
    """Nothing holds an engine that was swapped out, not even until a garbage collection."""
    core.watcher.step()
    assert core.live.production is not None
    engine = weakref.ref(core.live.production.engine)
    gc.disable()
    try:
        registry.alias = "2"
        core.watcher.step()
        assert engine() is None
    finally:
        gc.enable()


def test_what_a_load_leaves_behind_is_freed(core: Core, registry: FakeRegistry) -> None:
    """Garbage in cycles does not wait for the process to collect, which it does seldom."""

    class Cycle:
        """Holds itself."""

        def __init__(self) -> None:
            self.itself = self

    left: list[weakref.ref[Cycle]] = []
    registry.while_downloading = lambda: left.append(weakref.ref(Cycle()))
    gc.disable()
    try:
        core.watcher.step()
    finally:
        gc.enable()
    assert left
    assert [each() for each in left if each() is not None] == []


def test_swap_duration_counts_from_the_alias_being_seen(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """A swap that came about only after a retry took the whole time since the alias was seen."""
    core.watcher.step()
    registry.alias, registry.download_fault = "2", AWAY
    core.watcher.step()
    registry.download_fault = None
    time.now_s += 7
    core.watcher.step()
    assert core.metrics.swap_duration.sum == 7
    assert core.metrics.swap_failures == {"fetch": 1}


def test_the_log_tells_the_story_of_a_swap(
    core: Core, registry: FakeRegistry, time: ManualClock
) -> None:
    """From the alias to the slot, each step with its version and how long it took."""
    core.watcher.step()
    registry.alias = "2"

    def pass_a_second() -> None:
        time.now_s += 1

    registry.while_downloading = pass_a_second  # for each of four files
    with capture_logs() as logs:
        core.watcher.step()
    assert [(entry["event"], entry["version"], entry.get("seconds")) for entry in logs] == [
        ("the alias points to", "2", None),
        ("loading", "2", None),
        ("fetched and verified", "2", 4),
        ("opened and warmed up", "2", 0),
        ("serving", "2", 4),
    ]
    registry.alias = "1"
    with capture_logs() as logs:
        core.watcher.step()
    assert "verified in the cache" in [entry["event"] for entry in logs]
