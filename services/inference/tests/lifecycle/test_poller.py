"""The thread that repeats the watcher's step."""

import threading
from pathlib import Path

from structlog.testing import capture_logs

from baton_inference.core import Core, create_core
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.application import make_settings
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine

TIMEOUT_S = 20


class CountingRegistry(FakeRegistry):
    """Counts look-ups; fails oddly at the first one if asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.seen = threading.Semaphore(0)

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        self.count += 1
        self.seen.release()
        return super().resolve_alias(name, alias)

    def wait(self) -> bool:
        """Waits for one more look-up."""
        return self.seen.acquire(timeout=TIMEOUT_S)


def make_core(tmp_path: Path, registry: FakeRegistry, interval_s: float) -> Core:
    """A core that polls at an interval."""
    chosen = make_settings(tmp_path, BATON_POLL_INTERVAL_S=interval_s)
    return create_core(chosen, registry=registry, open_engine=open_fake_engine)


def test_repeats_and_stops(tmp_path: Path) -> None:
    """It looks up again and again, and not once more after it was stopped."""
    registry = CountingRegistry()
    core = make_core(tmp_path, registry, 0.05)
    core.poller.start()
    assert all(registry.wait() for _ in range(3))
    core.close()
    count = registry.count
    assert not registry.seen.acquire(timeout=0.15) or registry.count == count


def test_a_nudge_ends_the_wait(tmp_path: Path) -> None:
    """With an hour between two look-ups, a nudge makes the next one come at once."""
    registry = CountingRegistry()
    core = make_core(tmp_path, registry, 3600)
    core.poller.start()
    assert registry.wait()
    core.poller.nudge()
    assert registry.wait()
    core.close()


def test_outlives_a_step_that_fails(tmp_path: Path) -> None:
    """A fault in a step is logged; the next step comes."""
    registry = CountingRegistry()
    core = make_core(tmp_path, registry, 0.05)
    faults = [ZeroDivisionError(), ZeroDivisionError()]
    done = threading.Event()

    def fail() -> None:
        if faults:
            raise faults.pop()
        done.set()

    core.watcher.step = fail  # type: ignore[method-assign]
    with capture_logs() as logs:
        core.poller.start()
        assert done.wait(TIMEOUT_S)
        core.close()
    assert len([entry for entry in logs if "exc_info" in entry]) == 2


def test_stop_without_start(tmp_path: Path) -> None:
    """What was never started can be ended."""
    make_core(tmp_path, FakeRegistry(), 1).close()
