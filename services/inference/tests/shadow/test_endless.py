"""The shadow with models that ignore that they are stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton_engine.engine import Scores
from baton_engine.tables.transpose import Rows
from baton_inference.lifecycle.live_versions import CANARY
from baton_inference.lifecycle.pace import MIN_DEADLINE_S
from baton_inference.lifecycle.trips.trip_file import TripFile
from baton_inference.shadow import worker as worker_module
from baton_inference.shadow.shadow import MAX_BLOCKED
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow, NumberModel, make_rows

LIMIT_S = 20.0
MAX_STOPS = 2


class DeafModel(NumberModel):
    """Ignores that it is stopped, like one endless node of ONNX; the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def score_rows(self, rows: Rows) -> Scores:
        started_s = time.thread_time()
        while time.thread_time() - started_s < 2 * MIN_DEADLINE_S:
            pass
        self.gate.wait(LIMIT_S)
        return super().score_rows(rows)


@pytest.fixture(autouse=True)
def untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "TIMED_SHARE", 0.0)


@pytest.fixture
def deaf() -> Iterator[list[DeafModel]]:
    """The deaf models of a test, which end with it."""
    models: list[DeafModel] = []
    yield models
    for model in models:
        model.gate.set()


def wait_until(is_reached: Callable[[], bool]) -> None:
    started_s = time.monotonic()
    while not is_reached():
        assert time.monotonic() - started_s < LIMIT_S
        time.sleep(0.01)


def block(pair: ManualShadow, models: list[DeafModel], number: int) -> None:
    """Makes a deaf canary live, and answers rows until it has tripped."""
    models.append(DeafModel())
    pair.live.swap(make_live_version(models[-1], version=f"deaf {number}"), CANARY)
    time.sleep(3 * worker_module.LEAST_REST_S)  # another pair forgets the rows that wait

    def is_tripped() -> bool:
        pair.answer(*make_rows(1, x=lambda _: time.monotonic() % 1))
        return pair.find_trip() is not None

    wait_until(is_tripped)
    assert pair.find_signal() == "endless"


def test_a_thread_that_cannot_be_stopped_is_given_up(deaf: list[DeafModel]) -> None:
    """Its canary trips, beside any production, and another thread compares the next one."""
    production = make_live_version(NumberModel(), version="1")
    pair = ManualShadow(production, make_live_version(version="2"), max_stops=MAX_STOPS)
    pair.shadow.start()
    block(pair, deaf, 0)
    assert pair.shadow.outcomes.abandoned > 0
    assert pair.shadow.status is not None
    assert pair.counts.pairs == 0

    pair.answer(*make_rows(5))
    time.sleep(3 * worker_module.LEAST_REST_S)
    assert pair.counts.pairs == 0  # it is not called again

    pair.live.swap(make_live_version(NumberModel(), version="3"), CANARY)
    wait_until(lambda: pair.shadow.status is not None and pair.shadow.status.canary == "3")
    pair.answer(*make_rows(5, x=lambda n: 0.5 + n / 1e6))
    wait_until(lambda: pair.counts.pairs == 5)
    assert not pair.shadow.stop_reason

    deaf[0].gate.set()  # the old thread ends, and counts nothing
    pair.shadow.stop()
    wait_until(lambda: not pair.shadow.is_running)
    assert pair.counts.pairs == 5


def test_the_next_thread_does_not_wait_for_the_disk(
    deaf: list[DeafModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary trips at once, and its trip is on the disk when the disk recovers."""
    gate = threading.Event()
    write = TripFile.write
    monkeypatch.setattr(TripFile, "write", lambda *each: (gate.wait(), write(*each)))
    production = make_live_version(NumberModel(), version="1")
    pair = ManualShadow(production, make_live_version(version="2"), tmp_path, max_stops=MAX_STOPS)
    pair.shadow.start()
    try:
        block(pair, deaf, 0)
        pair.live.swap(make_live_version(NumberModel(), version="3"), CANARY)
        wait_until(lambda: pair.shadow.status is not None and pair.shadow.status.canary == "3")
    finally:
        gate.set()
    wait_until(lambda: bool([*tmp_path.rglob("*.json")]))
    pair.shadow.stop()


def test_after_too_many_blocked_threads_the_shadow_stops(deaf: list[DeafModel]) -> None:
    pair = ManualShadow(
        make_live_version(NumberModel(), version="1"),
        make_live_version(version="2"),
        max_stops=MAX_STOPS,
    )
    pair.shadow.start()
    for number in range(MAX_BLOCKED + 1):
        assert not pair.shadow.stop_reason
        block(pair, deaf, number)
    wait_until(lambda: bool(pair.shadow.stop_reason))
    assert "restart" in pair.shadow.stop_reason
    assert pair.shadow.status is None
    assert pair.shadow.is_running
