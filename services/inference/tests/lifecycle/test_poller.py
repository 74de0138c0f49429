"""The thread that polls."""

import threading
from pathlib import Path

from structlog.testing import capture_logs

from baton_inference.core import Core, create_core
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.poller import Poller
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.application import make_settings
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine

TIMEOUT_S = 20


class CountingRegistry(FakeRegistry):
    """Counts polls."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.seen = threading.Semaphore(0)

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        self.count += 1
        self.seen.release()
        return super().resolve_alias(name, alias)

    def wait(self) -> bool:
        """Waits for one more poll."""
        return self.seen.acquire(timeout=TIMEOUT_S)


def make_core(tmp_path: Path, registry: FakeRegistry, interval_s: float) -> Core:
    """Makes a core with a poll interval."""
    chosen = make_settings(tmp_path, BATON_POLL_INTERVAL_S=interval_s)
    return create_core(chosen, registry=registry, open_engine=open_fake_engine)


def test_the_poller_repeats_until_it_is_stopped(tmp_path: Path) -> None:
    registry = CountingRegistry()
    core = make_core(tmp_path, registry, 0.05)
    core.poller.start()
    assert all(registry.wait() for _ in range(3))
    core.close()
    count = registry.count
    assert not registry.seen.acquire(timeout=0.15) or registry.count == count


class Watched:
    """A watcher without failures, whose registry comes and goes."""

    failure = None
    trial_end_s = None
    is_away = False

    def restore(self) -> None:
        pass

    def poll(self) -> None:
        pass


def test_replicas_that_start_together_or_lose_the_registry_together_spread() -> None:
    """The next poll comes at any time within the interval; the others with a jitter of 10 %."""
    first, usual, away, again = [], [], [], []
    for _ in range(200):
        watched = Watched()
        poller = Poller(watched, Clock(), poll_interval_s=10.0)
        first.append(poller.compute_wait_s())
        usual += [poller.compute_wait_s() for _ in range(2)]
        watched.is_away = True
        away += [poller.compute_wait_s() for _ in range(2)]
        watched.is_away = False
        again.append(poller.compute_wait_s())
        usual.append(poller.compute_wait_s())
    for waits in (first, again):
        assert min(waits) < 2.0
        assert 4.0 < sum(waits) / len(waits) < 6.0
        assert 8.0 < max(waits) <= 11.0
    for waits in (usual, away):
        assert 9.0 <= min(waits) <= max(waits) <= 11.0


def test_a_nudge_ends_the_wait(tmp_path: Path) -> None:
    """With a poll interval of an hour, a nudge triggers the next poll at once."""
    registry = CountingRegistry()
    core = make_core(tmp_path, registry, 3600)
    core.poller.start()
    assert registry.wait()
    core.poller.nudge()
    assert registry.wait()
    core.close()


def test_the_thread_survives_a_failed_poll(tmp_path: Path) -> None:
    """The failure is logged, and the next poll runs."""
    registry = CountingRegistry()
    core = make_core(tmp_path, registry, 0.05)
    faults = [ZeroDivisionError(), ZeroDivisionError()]
    done = threading.Event()

    def fail() -> None:
        if faults:
            raise faults.pop()
        done.set()

    core.watcher.poll = fail  # type: ignore[method-assign]
    with capture_logs() as logs:
        core.poller.start()
        assert done.wait(TIMEOUT_S)
        core.close()
    assert len([entry for entry in logs if "exc_info" in entry]) == 2


def test_a_poller_can_be_stopped_before_it_starts(tmp_path: Path) -> None:
    make_core(tmp_path, FakeRegistry(), 1).close()
