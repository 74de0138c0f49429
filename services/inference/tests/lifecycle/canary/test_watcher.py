"""The watcher of the canary, poll by poll: loads, weights, drops, refusals and the hand-over."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_inference.canary import CanaryParts
from baton_inference.core import Core, create_core
from baton_inference.lifecycle.canary import watcher as canary_watcher
from baton_inference.lifecycle.canary.breaks import find_canary_breaks
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.lifecycle.status import CanaryStatus
from baton_inference.lifecycle.trips.trip import Trip
from baton_registry.errors import RegistryUnavailable
from baton_registry.versions.model_version import VersionIdentity
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.application import make_core, make_settings
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.core_state import get_version
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import COLUMNS, open_fake_engine

KEYS = [str(number).encode() for number in range(2000)]
RETYPED = Schema((COLUMNS[0], Column("n", "double"), COLUMNS[2]), classes=("no", "yes"))
AWAY = RegistryUnavailable("away")


@pytest.fixture(autouse=True)
def canary(core: Core, registry: FakeRegistry) -> CanaryParts:
    """Version 1 serves, version 2 is the canary; nothing has polled for it yet."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.alias, registry.canary = "1", "2"
    core.watcher.poll()
    assert core.canary is not None
    return core.canary


def read(core: Core) -> CanaryStatus:
    """Reads the canary's part of the status."""
    status = core.read_status().canary
    assert status is not None
    return status


def has_canary(core: Core) -> bool:
    """Whether there is a canary, or a share for one."""
    return any(each is not None for each in (core.live.canary, core.live.route))


def count_taken(core: Core) -> int:
    """Counts how many of the keys the canary answers."""
    route = core.live.route
    return 0 if route is None else sum(map(route.takes, KEYS))


def test_a_canary_without_a_weight_is_a_shadow(core: Core, canary: CanaryParts) -> None:
    """It is live and answers no request."""
    canary.watcher.poll()
    assert core.live.canary is not None
    status = read(core)
    assert (status.alias, status.version, status.state) == ("canary", "2", "shadow")
    assert (status.weight, status.effective_weight, status.reason) == (0, 0, None)
    assert status.since == "1970-01-01T00:16:40.000Z"
    assert core.live.route is None
    assert get_version(core) == "1"


def test_a_weight_takes_effect_without_a_load(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """The tags arrive with the alias; the version stays the same object."""
    canary.watcher.poll()
    live, taken = core.live.canary, [count_taken(core)]
    for weight in ("10", "50", "100", "0"):
        registry.tag("2", weight=weight)
        canary.watcher.poll()
        status = read(core)
        assert status.weight == status.effective_weight == float(weight)
        assert status.state == ("shadow" if weight == "0" else "canary")
        taken.append(count_taken(core))
    assert core.live.canary is live
    assert (taken[0], taken[3], taken[4]) == (0, 2000, 0)
    assert taken[1] == pytest.approx(200, abs=45)
    assert taken[2] == pytest.approx(1000, abs=90)


def test_an_unreadable_weight_is_0_and_reported(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    registry.tag("2", weight="ten")
    canary.watcher.poll()
    status = read(core)
    assert (status.state, status.weight) == ("shadow", 0)
    assert "baton.weight.canary is 'ten'" in (status.reason or "")


def test_a_deleted_alias_drops_the_canary(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    registry.tag("2", weight="100")
    canary.watcher.poll()
    registry.canary = None
    canary.watcher.poll()
    assert not has_canary(core)
    assert core.read_status().canary is None
    assert get_version(core) == "1"


def test_an_aborted_version_is_dropped_whatever_its_weight(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """The tag arrives with the alias, so it holds at once; its removal brings the canary back."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    assert count_taken(core) == 2000
    registry.tag("2", rollout="aborted: it is slower")
    with capture_logs() as logs:
        canary.watcher.poll()
    assert not has_canary(core)
    assert {"event": "canary dropped", "reason": "aborted: it is slower"}.items() <= logs[
        -1
    ].items()
    status = read(core)
    assert (status.state, status.reason) == ("refused", "aborted: it is slower")
    assert (status.weight, status.effective_weight, status.since) == (100, 0, None)
    registry.tag("2", rollout="")
    canary.watcher.poll()
    assert count_taken(core) == 2000


def test_the_next_canary_does_not_inherit_the_weight(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """The old one is dropped before the new one is fetched."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    registry.add("3", "sum 0.5")
    registry.canary = "3"
    routes = []
    registry.while_downloading = lambda: routes.append((core.live.route, core.live.canary))
    canary.watcher.poll()
    assert {*routes} == {(None, None)}
    assert (read(core).version, read(core).state, count_taken(core)) == ("3", "shadow", 0)


def test_a_failed_load_leaves_production_and_is_retried(
    core: Core, registry: FakeRegistry, canary: CanaryParts, time: ManualClock
) -> None:
    """The retries are those of production."""
    registry.add("3", "broken")
    registry.canary = "3"
    for _ in range(2):
        canary.watcher.poll()
    status = read(core)
    assert (status.version, status.state, status.since) == ("3", "failed", None)
    assert "broken" in (status.reason or "")
    assert core.metrics.canary_load_failures == {"engine": 1}
    assert core.metrics.swap_failures == {}
    time.now_s += 60
    canary.watcher.poll()
    assert core.metrics.canary_load_failures == {"engine": 2}
    assert core.read_status().state == "serving"


def test_a_fetch_that_fails_says_nothing_about_the_version(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """It is still loading: a registry that is away aborts no rollout."""
    registry.download_fault = AWAY
    canary.watcher.poll()
    assert (read(core).state, read(core).reason) == ("loading", "away")


def test_a_canary_that_breaks_callers_is_refused(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """It is loaded once, not once a poll, and tried again beside another production."""
    registry.add("3", "sum 0.5", schema=RETYPED)
    registry.tag("3", weight="50")
    registry.canary = "3"
    for _ in range(3):
        canary.watcher.poll()
    status = read(core)
    assert (status.state, core.live.canary) == ("refused", None)
    assert "column 'n' was long and is double" in (status.reason or "")
    assert len([path for path in registry.downloads if "m-3/model.onnx" in path]) == 1


def test_other_classes_are_refused(core: Core, registry: FakeRegistry, canary: CanaryParts) -> None:
    registry.add("3", "sum 0.5", schema=Schema(COLUMNS, classes=("no", "maybe")))
    registry.canary = "3"
    canary.watcher.poll()
    assert (read(core).state, core.live.canary) == ("refused", None)
    assert "maybe" in (read(core).reason or "")


def test_a_swap_of_production_compares_the_canary_again(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """Until then the canary has no share, and it is dropped if it does not fit any more."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    registry.add("4", "sum 0.1")
    registry.alias = "4"
    core.watcher.poll()
    assert core.live.route is None
    canary.watcher.poll()
    assert count_taken(core) == 2000
    registry.add("5", "sum 0.1", schema=RETYPED)
    registry.alias = "5"
    core.watcher.poll()
    assert core.live.route is None
    canary.watcher.poll()
    assert (core.live.canary, read(core).state) == (None, "refused")
    registry.alias = "1"
    core.watcher.poll()
    canary.watcher.poll()
    assert count_taken(core) == 2000


def test_a_promotion_hands_the_loaded_version_over(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """Nothing is fetched or opened, and the canary leaves its role in the same moment."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    assert core.live.canary is not None
    engine = core.live.canary.engine
    registry.downloads.clear()
    registry.alias = "2"
    with capture_logs() as logs:
        core.watcher.poll()
    assert core.live.production is not None
    assert core.live.production.engine is engine
    assert not has_canary(core)
    assert core.read_status().canary is None
    assert [entry["event"] for entry in logs] == ["alias resolved", "version serving"]
    assert (registry.downloads, core.metrics.swaps) == ([], 1)
    canary.watcher.poll()
    assert not has_canary(core)
    assert core.read_status().canary is None


def test_a_canary_that_is_fetched_does_not_delay_a_rollback(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """Production swaps while the canary's files are on their way."""
    registry.add("3", "sum 0.5")
    registry.alias = "3"
    core.watcher.poll()
    served: list[str] = []

    def roll_back() -> None:
        if not served:
            registry.alias = "1"
            served.append("")
            core.watcher.poll()
            served.append(get_version(core) or "")

    registry.while_downloading = roll_back
    canary.watcher.poll()
    assert served == ["", "1"]
    assert read(core).state == "shadow"


def test_a_canary_that_became_production_while_it_loaded_is_dropped(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """A promotion can overtake the load; the canary never answers beside itself."""
    registry.tag("2", weight="100")
    downloads: list[str] = []

    def promote() -> None:
        if not downloads:
            downloads.append("first")
            registry.alias = "2"
            core.watcher.poll()

    registry.while_downloading = promote
    canary.watcher.poll()
    assert get_version(core) == "2"
    assert core.live.route is None
    canary.watcher.poll()
    assert not has_canary(core)


def test_a_tripped_canary_gets_no_request(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """It stays live, until the alias leaves the version."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    canary.switch.trip(Trip(VersionIdentity("2", "models:/m-2"), "it fails on 12 of 40 rows"))
    assert count_taken(core) == 0
    for _ in range(2):
        status = read(core)
        assert (status.state, status.reason) == ("tripped", "it fails on 12 of 40 rows")
        assert (status.weight, status.effective_weight) == (100, 0)
        assert core.live.canary is not None
        canary.watcher.poll()
    registry.canary = None
    canary.watcher.poll()
    registry.canary = "2"
    canary.watcher.poll()
    assert count_taken(core) == 2000


def test_an_abort_that_is_taken_back_takes_the_trip_back(
    core: Core, registry: FakeRegistry, canary: CanaryParts, tmp_path: Path, time: ManualClock
) -> None:
    """`rollout start --force`. The alias stays: not every account may delete it."""
    identity = VersionIdentity("2", "models:/m-2")
    registry.tag("2", weight="100")
    canary.watcher.poll()
    canary.switch.trip(Trip(identity, "it fails on 12 of 40 rows"))
    registry.tag("2", weight="100", rollout="aborted: it fails")
    canary.watcher.poll()
    assert canary.switch.find_trip(identity, None) is not None
    registry.tag("2", weight="100", rollout="forced")
    canary.watcher.poll()
    assert (count_taken(core), read(core).state) == (2000, "canary")
    restarted = make_core(tmp_path / "cache", registry, time)
    assert restarted.canary is not None
    assert restarted.canary.switch.find_trip(identity, None) is None


def test_a_trip_holds_beside_its_production_alone(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """Beside another version nothing is known yet, unless its calls do not end."""
    identity = VersionIdentity("2", "models:/m-2")
    registry.add("3", "sum 0.5")
    registry.tag("2", weight="100")
    canary.watcher.poll()
    canary.switch.trip(Trip(identity, "its labels differ", VersionIdentity("1", "models:/m-1")))
    assert (count_taken(core), read(core).state) == (0, "tripped")
    registry.alias = "3"
    core.watcher.poll()
    canary.watcher.poll()
    assert (count_taken(core), read(core).state) == (2000, "canary")
    canary.switch.trip(Trip.for_endless(identity))
    assert (count_taken(core), read(core).state) == (0, "tripped")
    registry.alias = "1"
    core.watcher.poll()
    canary.watcher.poll()
    assert (count_taken(core), read(core).state) == (0, "tripped")


def test_without_threads_no_canary_is_asked(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    registry.tag("2", weight="100")
    canary.watcher.poll()
    canary.switch.closed = "no thread is left; restart"
    status = read(core)
    assert (status.state, status.reason) == ("failed", "no thread is left; restart")
    assert (count_taken(core), status.effective_weight) == (0, 0)
    canary.switch.closed = ""
    assert (count_taken(core), read(core).state) == (2000, "canary")


@pytest.mark.parametrize(
    ("alias", "rollout", "is_kept"),
    [("2", "", True), ("2", "aborted: it fails", True), ("2", "forced", False), (None, "", False)],
)
def test_a_restart_forgets_what_was_forgiven_meanwhile(  # noqa: PLR0913, PLR0917 - fixtures
    registry: FakeRegistry,
    canary: CanaryParts,
    tmp_path: Path,
    time: ManualClock,
    alias: str | None,
    rollout: str,
    is_kept: bool,  # noqa: FBT001 - a case
) -> None:
    """The process is down while the abort is taken back, or the alias is deleted."""
    identity = VersionIdentity("2", "models:/m-2")
    canary.watcher.poll()
    canary.switch.trip(Trip(identity, "it fails on 12 of 40 rows"))
    registry.tag("2", weight="100", rollout=rollout)
    registry.canary = alias
    restarted = make_core(tmp_path / "cache", registry, time)
    assert restarted.canary is not None
    assert restarted.canary.switch.find_trip(identity, None) is not None
    restarted.watcher.poll()
    restarted.canary.watcher.poll()
    assert (restarted.canary.switch.find_trip(identity, None) is not None) is is_kept


def test_an_outage_changes_nothing(core: Core, registry: FakeRegistry, canary: CanaryParts) -> None:
    """The canary keeps its share."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    registry.fault = AWAY
    canary.watcher.poll()
    assert (count_taken(core), read(core).state) == (2000, "canary")


def test_a_restart_without_the_registry_has_no_canary(
    tmp_path: Path, registry: FakeRegistry, canary: CanaryParts, time: ManualClock
) -> None:
    """Production answers alone: the safe direction."""
    canary.watcher.poll()
    registry.fault = AWAY
    restarted = make_core(tmp_path / "cache", registry, time)
    assert restarted.canary is not None
    restarted.canary.watcher.poll()
    restarted.watcher.restore()
    restarted.canary.watcher.restore()
    restarted.canary.watcher.poll()
    assert get_version(restarted) == "1"
    assert not has_canary(restarted)
    assert restarted.read_status().canary is None


def test_no_canary_without_production(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """It waits, because nothing could answer in its place."""
    waiting = make_core(tmp_path / "other", registry, time)
    assert waiting.canary is not None
    waiting.canary.watcher.poll()
    assert waiting.live.canary is None
    assert read(waiting).state == "loading"
    waiting.watcher.poll()
    waiting.canary.watcher.poll()
    assert read(waiting).state == "shadow"


@pytest.mark.parametrize("alias", ["off", "production"])
def test_the_canary_can_be_off(tmp_path: Path, registry: FakeRegistry, alias: str) -> None:
    """One line says so if both aliases are the same."""
    settings = make_settings(tmp_path, BATON_CANARY_ALIAS=alias)
    with capture_logs() as logs:
        core = create_core(settings, registry=registry, open_engine=open_fake_engine)
    assert core.canary is None
    assert core.read_status().canary is None
    assert len(logs) == (1 if alias == "production" else 0)


def test_tags_that_change_during_a_load_hold_after_it(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """An aborted version answers no request, however long its load took."""
    registry.tag("2", weight="100")
    registry.while_downloading = lambda: registry.tag("2", rollout="aborted: it is slower")
    canary.watcher.poll()
    assert not has_canary(core)
    assert read(core).state == "refused"
    registry.add("3", "sum 0.5")
    registry.tag("3", weight="100")
    registry.canary = "3"
    registry.while_downloading = lambda: registry.tag("3", weight="0")
    canary.watcher.poll()
    assert (core.live.route, read(core).state) == (None, "shadow")


def test_no_share_is_given_while_the_registry_is_away(
    core: Core, registry: FakeRegistry, canary: CanaryParts
) -> None:
    """The tags of the last answer may be old."""
    registry.tag("2", weight="100")
    canary.watcher.poll()
    registry.add("4", "sum 0.1")
    registry.alias = "4"
    core.watcher.poll()
    for registry.fault, taken in ((AWAY, 0), (None, 2000)):
        canary.watcher.poll()
        assert count_taken(core) == taken


def test_the_share_is_beside_the_version_that_was_compared(
    core: Core, registry: FakeRegistry, canary: CanaryParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Production can be replaced between the comparison and the share."""
    registry.tag("2", weight="100")
    registry.add("5", "sum 0.1", schema=RETYPED)

    def compare(production: LiveVersion, version: LiveVersion) -> list[str]:
        breaks = find_canary_breaks(production, version)
        registry.alias = "5"
        core.watcher.poll()
        return breaks

    monkeypatch.setattr(canary_watcher, "find_canary_breaks", compare)
    canary.watcher.poll()
    assert (get_version(core), core.live.route) == ("5", None)
