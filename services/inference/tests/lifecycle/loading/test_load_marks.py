"""Marks of versions on trial: what blames a version for the end of a process, and what does not.

A dead process is a `LoadMarks` whose locks are gone.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from time import time as read_time

import pytest
from structlog.testing import capture_logs

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.live_versions import CANARY, PRODUCTION, LiveVersions
from baton_inference.lifecycle.loading.cache import PROVEN, VersionCache
from baton_inference.lifecycle.loading.load_marks import TRIAL_S, LoadMarks
from baton_inference.lifecycle.loading.mark_files import HIDDEN_S
from baton_inference.lifecycle.policy import FailedLoad
from baton_registry.errors import RegistryUnavailable
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.application import make_core
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.core_state import get_state, get_version
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.memory_registry import FakeRegistry

ALIASES = ("production", "canary")
V1, V2 = (ModelVersion("m", number, source=f"models:/m-{number}") for number in "12")


@pytest.fixture
def cache(tmp_path: Path) -> VersionCache:
    """An empty cache."""
    return VersionCache(tmp_path / "cache")


def make_marks(cache: VersionCache, process: str = "a", *aliases: str) -> LoadMarks:
    """Makes the marks of a process that starts now."""
    marks = LoadMarks(cache, "m", aliases or ALIASES, process)
    marks.blame.read()
    return marks


def keep(cache: VersionCache, version: ModelVersion) -> None:
    """Caches a version."""
    with cache.stage() as folder:
        cache.keep(version.with_checksums({"model.onnx": "ab"}), folder)


def die(*processes: LoadMarks) -> None:
    """Ends processes without warning: the kernel drops their locks, and the files stay."""
    for each in processes:
        for trial in each._trials.values():
            os.close(trial.mark._lock)
        each._trials.clear()


def put_live(marks: LoadMarks, *versions: ModelVersion, now_s: float = 0.0) -> None:
    """Makes versions live: production, and the canary."""
    live = LiveVersions()
    for role, version in zip((PRODUCTION, CANARY), versions, strict=False):
        live.swap(make_live_version(version=version.version), role)
    marks.update(live, now_s)


def point(marks: LoadMarks, production: ModelVersion | None, canary: ModelVersion | None) -> None:
    """Moves both aliases."""
    for alias, version in zip(ALIASES, (production, canary), strict=True):
        marks.blame.note_aspired(alias, version.identity if version else None)


def list_blamed(cache: VersionCache, *aliases: str) -> list[str]:
    """Lists the versions that a new process blames."""
    marks = make_marks(cache, "new", *aliases)
    return [version.version for version in (V1, V2) if marks.blame.is_blamed(version)]


def test_a_version_that_ends_its_process_is_blamed(cache: VersionCache) -> None:
    """By every later process, for both of its aliases."""
    marks = make_marks(cache)
    marks.begin(V2)
    assert list_blamed(cache) == []  # the process lives
    die(marks)
    assert list_blamed(cache) == list_blamed(cache) == ["2"]
    assert list_blamed(cache, "staging") == []
    with pytest.raises(LoadFailure, match=r"points to it \(production, canary\)") as caught:
        make_marks(cache).blame.check(V2)
    assert caught.value.kind is FailureKind.CRASHED


def test_a_failed_load_and_a_proper_end_blame_nobody(cache: VersionCache) -> None:
    """Nor does a version that begins after the end."""
    marks = make_marks(cache)
    marks.begin(V1)
    marks.end(V1.identity)
    marks.begin(V2)
    marks.close()
    marks.begin(V1)
    die(marks)
    assert list_blamed(cache) == []
    assert [*cache.marks.iterdir()] == []


def test_only_the_last_version_to_begin_is_blamed(cache: VersionCache) -> None:
    """Production had been running when the canary began."""
    marks = make_marks(cache)
    marks.begin(V1)
    put_live(marks, V1)
    marks.begin(V2)
    die(marks)
    assert list_blamed(cache) == ["2"]


def test_a_promoted_canary_stays_on_its_one_trial(cache: VersionCache) -> None:
    """It is blamed for both aliases, so it does not end the process again as the canary."""
    keep(cache, V2)
    marks = make_marks(cache)
    marks.begin(V2)
    put_live(marks, V1, V2)
    put_live(marks, V2, now_s=50.0)
    marks.begin(V2)
    assert (marks.compute_end_s(), len([*cache.marks.iterdir()])) == (TRIAL_S, 1)
    die(marks)
    assert list_blamed(cache) == ["2"]


def test_a_version_that_is_rolled_back_is_not_proven(cache: VersionCache) -> None:
    """Its trial ends when it is neither production nor the canary."""
    keep(cache, V2)
    marks = make_marks(cache)
    marks.begin(V2)
    put_live(marks, V1, V2)
    put_live(marks, V2)
    put_live(marks, V1)
    marks.prove(TRIAL_S)
    assert (marks.compute_end_s(), cache.is_proven(V2), [*cache.marks.iterdir()]) == (
        None,
        False,
        [],
    )


def test_a_failed_load_does_not_end_the_trial_of_a_live_version(cache: VersionCache) -> None:
    """The other watcher can load the version that is live already."""
    marks = make_marks(cache)
    marks.begin(V2)
    put_live(marks, V1, V2)
    marks.end(V2.identity)
    assert marks.compute_end_s() == TRIAL_S


def test_each_process_is_judged_alone(cache: VersionCache) -> None:
    """A process of another container that died earlier has blamed its own version."""
    one, other = make_marks(cache, "a"), make_marks(cache, "b")
    one.begin(V1)
    other.begin(V2)
    die(one, other)
    assert list_blamed(cache) == ["1", "2"]


def test_a_trial_ends_after_a_minute(cache: VersionCache) -> None:
    """Then the version is proven for all processes, and no process tests it again."""
    keep(cache, V2)
    other = make_marks(cache, "b")
    other.begin(V2)
    die(other)
    marks = make_marks(cache)
    marks.begin(V2)
    put_live(marks, V2, now_s=10.0)
    assert marks.compute_end_s() == 10 + TRIAL_S
    marks.prove(10 + TRIAL_S - 1)
    assert (marks.compute_end_s(), list_blamed(cache)) == (10 + TRIAL_S, ["2"])
    marks.prove(10 + TRIAL_S)
    assert (marks.compute_end_s(), list_blamed(cache)) == (None, [])
    again = make_marks(cache, "c")
    again.begin(V2)
    die(again)
    assert list_blamed(cache) == []


def test_a_replaced_version_is_under_test_no_more(cache: VersionCache) -> None:
    marks = make_marks(cache)
    for version in (V1, V2):
        marks.begin(version)
        put_live(marks, version)
    die(marks)
    assert list_blamed(cache) == ["2"]
    assert len([*cache.marks.iterdir()]) == 1


def test_a_move_of_the_alias_ends_the_blame(cache: VersionCache) -> None:
    """As soon as neither alias points to it; also for the processes that start later."""
    marks = make_marks(cache)
    marks.begin(V2)
    die(marks)
    later = make_marks(cache, "b")
    assert later.blame.is_blamed(V2)
    later.blame.note_aspired("production", V1.identity)  # the other one is unknown
    for aliases in ((V1, V2), (V2, V2), (V2, None)):
        point(later, *aliases)
        assert later.blame.is_blamed(V2)
        assert list_blamed(cache) == ["2"]
    point(later, V1, None)
    assert not later.blame.is_blamed(V2)
    assert list_blamed(cache) == []


def test_a_version_that_another_process_proves_is_not_blamed(cache: VersionCache) -> None:
    """A power failure during its trial in one replica, while the others go on."""
    keep(cache, V2)
    marks = make_marks(cache)
    marks.begin(V2)
    die(marks)
    later = make_marks(cache, "b")
    failure = FailedLoad(V2.identity, FailureKind.CRASHED, 0.0)
    assert later.blame.is_blamed(V2)
    assert not later.blame.has_ended(failure, V2)
    cache.record_proven(V2)
    assert not later.blame.is_blamed(V2)
    assert later.blame.has_ended(failure, V2)
    assert not later.blame.has_ended(replace(failure, kind=FailureKind.FETCH), V2)
    later.blame.check(V2)


def test_a_crash_loop_leaves_one_mark(cache: VersionCache) -> None:
    """Of each version."""
    for process in ("a", "b", "c"):
        marks = make_marks(cache, process)
        marks.begin(V2)
        die(marks)
    assert list_blamed(cache) == ["2"]
    assert len([*cache.marks.iterdir()]) == 1


def test_half_written_marks_are_removed(cache: VersionCache) -> None:
    """Not at once: another process may be about to lock them."""
    cache.marks.mkdir(parents=True)
    for name, age_s in ((".old", 2 * HIDDEN_S), (".new", 0)):
        (cache.marks / name).touch()
        written_s = read_time() - age_s
        os.utime(cache.marks / name, (written_s, written_s))
    assert list_blamed(cache) == []
    assert [each.name for each in cache.marks.iterdir()] == [".new"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"process": 1}', b"\xff"])
def test_an_unreadable_mark_blames_nobody(cache: VersionCache, content: bytes) -> None:
    cache.marks.mkdir(parents=True)
    (cache.marks / "x.json").write_bytes(content)
    assert list_blamed(cache) == []
    assert [*cache.marks.iterdir()] == []


def test_a_full_disk_costs_the_protection_alone(cache: VersionCache, tmp_path: Path) -> None:
    """The version is loaded without a mark, and a line says so."""
    (tmp_path / "cache").write_text("a file in the place of the folder")
    marks = make_marks(cache)
    with capture_logs() as logs:
        marks.begin(V1)
    assert [entry["event"] for entry in logs] == ["the version cannot be marked"]
    assert not marks.blame.is_blamed(V1)


def crash_while_loading(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock, version: str
) -> None:
    """Starts a process that serves version 1 and dies when it opens another one."""
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    core.watcher.poll()
    assert get_version(core) == "1"
    registry.alias = version
    core.marks.begin(registry.versions[version])
    die(core.marks)


def test_after_a_crash_the_version_before_serves(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """The version that crashed is a load failure until the alias has moved."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.alias = "1"
    crash_while_loading(tmp_path, registry, time, "2")
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    assert core.canary is not None
    core.canary.watcher.poll()
    for _ in range(3):
        core.watcher.poll()
        time.now_s += 1e6
    status = core.watcher_state.status
    assert (get_version(core), get_state(core), status.aspired_version) == ("1", "degraded", "2")
    assert status.last_load_failure is not None
    assert (status.last_load_failure.version, status.last_load_failure.attempts) == ("2", 1)
    assert core.metrics.swap_failures == {"crashed": 1}
    registry.alias = "1"
    core.watcher.poll()
    registry.alias = "2"
    core.watcher.poll()
    assert (get_version(core), get_state(core)) == ("2", "serving")


def test_a_version_that_another_replica_proves_is_loaded(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """In both roles, with the next poll."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.alias = registry.canary = "1"
    crash_while_loading(tmp_path, registry, time, "2")
    keep(VersionCache(tmp_path / "cache"), registry.versions["2"])
    for role in ALIASES:
        registry.alias, registry.canary = ("2", "1") if role == "production" else ("1", "2")
        core = make_core(tmp_path / "cache", registry, time)
        assert core.canary is not None
        core.watcher.restore()
        watchers = (core.watcher, core.canary.watcher)
        proven = [*(tmp_path / "cache").rglob(PROVEN)]
        for file in proven:
            file.unlink()
        for each in watchers:
            each.poll()
        failures = [each.failure for each in watchers if each.failure is not None]
        assert [each.kind for each in failures] == [FailureKind.CRASHED]
        VersionCache(tmp_path / "cache").record_proven(registry.versions["2"])
        for each in watchers:
            each.poll()
        live = {each.model.version for each in (core.live.production, core.live.canary) if each}
        assert "2" in live


def test_a_crash_within_a_minute_restores_the_version_before(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """The version had served already, so the cache names it as the last one."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.add("3", "sum 0.5")
    registry.alias = "1"
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.poll()
    registry.alias = "2"
    core.watcher.poll()
    assert get_version(core) == "2"
    die(core.marks)
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    assert get_version(core) == "1"
    core.watcher.poll()
    assert (get_version(core), get_state(core)) == ("1", "degraded")
    die(core.marks)  # killed again: both are blamed; the last one is tried again
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    assert get_version(core) == "1"
    registry.alias = "1"
    core.watcher.poll()
    assert get_version(core) == "1"


def test_a_proven_version_survives_a_kill_after_a_restart(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """A power failure soon after the start does not blame what has served for long."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    for registry.alias in ("1", "2"):
        core = make_core(tmp_path / "cache", registry, time)
        core.watcher.restore()
        core.watcher.poll()
    time.now_s += TRIAL_S
    core.watcher.poll()
    for _ in range(2):
        die(core.marks)
        core = make_core(tmp_path / "cache", registry, time)
        core.watcher.restore()
        assert get_version(core) == "2"


def test_a_move_of_the_alias_ends_a_crash_loop(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """The version that ends the process at each start is not restored before the first poll."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.alias = "1"
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.poll()
    die(core.marks)
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    assert get_version(core) == "1"  # it may not have been the cause
    die(core.marks)
    registry.alias = "2"
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    assert get_version(core) is None
    core.watcher.poll()
    assert get_version(core) == "2"


def test_without_the_registry_the_only_version_gets_another_chance(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """Once for each start: a load that fails is not repeated with each poll."""
    registry.add("1", "sum 0.25")
    registry.alias = "1"
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.poll()
    registry.fault = RegistryUnavailable("away")
    for expected in ("1", None):
        die(core.marks)
        core = make_core(tmp_path / "cache", registry, time)
        core.watcher.restore()
        assert get_version(core) == expected
    core.watcher.poll()
    assert (get_version(core), get_state(core)) == ("1", "degraded")


def test_the_only_version_gets_another_chance(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """An empty slot answers no caller; the same holds without a cache."""
    registry.add("1", "sum 0.25")
    registry.alias = "1"
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.poll()
    for expected in ("1", None):
        die(core.marks)
        core = make_core(tmp_path / "cache", registry, time)
        core.watcher.restore()
        assert get_version(core) == expected
    core.watcher.poll()
    assert get_version(core) == "1"
    die(core.marks)
    shutil.rmtree(tmp_path / "cache" / "versions")
    core = make_core(tmp_path / "cache", registry, time)
    core.watcher.restore()
    assert get_version(core) is None
    core.watcher.poll()
    assert get_version(core) == "1"


def test_a_canary_that_crashed_is_failed_until_its_alias_moves(
    tmp_path: Path, registry: FakeRegistry, time: ManualClock
) -> None:
    """Production is not blamed for it."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.alias, registry.canary = "1", "2"
    core = make_core(tmp_path / "cache", registry, time)
    assert core.canary is not None
    core.watcher.poll()
    core.canary.watcher.poll()
    die(core.marks)
    core = make_core(tmp_path / "cache", registry, time)
    assert core.canary is not None
    core.watcher.restore()
    core.watcher.poll()
    core.canary.watcher.restore()
    core.canary.watcher.poll()
    canary = core.read_status().canary
    assert canary is not None
    assert (get_version(core), get_state(core), canary.state) == ("1", "serving", "failed")
    assert core.metrics.canary_load_failures == {"crashed": 1}
    for registry.canary in (None, "2"):
        core.canary.watcher.poll()
    canary = core.read_status().canary
    assert canary is not None
    assert canary.state == "shadow"
