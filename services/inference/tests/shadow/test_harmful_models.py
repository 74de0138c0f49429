"""Harmful canaries, as real ONNX models: each is found, and none gets more than its time."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from baton_engine.onnx.engine import OnnxEngine
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.shadow import worker as worker_module
from tests.support.fakes.harmful_graphs import (
    AB,
    build_failing,
    build_good,
    build_looping,
    build_nan,
    build_other_units,
    build_slow,
)
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.shadow import ManualShadow


def make_version(model: bytes, number: str, inline_rows: int = 64) -> LiveVersion:
    return make_live_version(
        OnnxEngine(model, AB), version=number, schema=AB, inline_rows=inline_rows
    )


@pytest.fixture(scope="module")
def production() -> LiveVersion:
    return make_version(build_good(), "1")


def answer_rows(pair: ManualShadow, count: int, *, share: float = 0.01, seed: int = 1) -> None:
    """Answers so many different rows, of which a share is hit."""
    random = np.random.default_rng(seed)
    for number in range(count):
        is_hit = share and number % round(1 / share) == 0
        a = 0.995 if is_hit else float(random.uniform(0, 0.98))
        pair.answer((a, float(random.uniform(0, 1))))
        if len(pair.shadow.queue) >= 64:
            pair.run()
    pair.run()


@pytest.fixture
def untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "TIMED_SHARE", 0.0)


@pytest.mark.usefixtures("untimed")
def test_a_good_version_is_not_suspected(production: LiveVersion) -> None:
    pair = ManualShadow(production, make_version(build_good(), "2"))
    answer_rows(pair, 3000)
    assert pair.find_trip() is None
    assert (pair.counts.pairs, pair.counts.failures, pair.counts.other_labels) == (3000, 0, 0)


@pytest.mark.usefixtures("untimed")
@pytest.mark.parametrize("build", [build_failing, build_nan])
def test_failures_on_one_row_in_a_hundred_trip(
    production: LiveVersion, build: Callable[[], bytes]
) -> None:
    pair = ManualShadow(production, make_version(build(), "2"))
    answer_rows(pair, 2000)
    assert pair.counts.pairs == 2000
    assert pair.counts.failures == 20
    assert "of its rows fail" in (pair.find_trip() or "")


@pytest.mark.usefixtures("untimed")
def test_a_column_in_other_units_trips(production: LiveVersion) -> None:
    pair = ManualShadow(production, make_version(build_other_units(), "2"))
    answer_rows(pair, 300)
    assert pair.counts.failures == 0
    assert pair.find_trip() is not None
    assert pair.find_signal() in {"other_label", "score"}


def test_a_slower_version_trips(production: LiveVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "TIMED_SHARE", 1.0)
    pair = ManualShadow(production, make_version(build_slow(), "2", inline_rows=0))
    for number in range(20):
        answer_rows(pair, 1, share=0, seed=number)
        pair.answer((number / 100, 0.25), version=pair.live.canary)
        pair.run()
    assert pair.counts.timed == pair.counts.slower == 40  # whichever of the two answered
    assert "slower" in (pair.find_trip() or "")


@pytest.mark.usefixtures("untimed")
def test_a_version_that_loops_is_stopped_and_trips(production: LiveVersion) -> None:
    """Each call that is hit uses its deadline of 50 ms, and a little more."""
    pair = ManualShadow(production, make_version(build_looping(), "2"))
    started_s = time.process_time()
    for seed in range(4):
        answer_rows(pair, 16, share=0.25, seed=seed)
    assert time.process_time() - started_s < 4 * 1.0
    assert pair.counts.failures >= 4
    assert pair.counts.failures == pair.counts.pairs - pair.counts.compared
    assert pair.find_trip() is not None


@pytest.fixture
def slow_pair(production: LiveVersion) -> Iterator[ManualShadow]:
    pair = ManualShadow(production, make_version(build_slow(50), "2", inline_rows=0))
    pair.shadow.start()
    yield pair
    pair.shadow.stop()
    pair.shadow.join(1.0)


def test_a_slow_version_uses_at_most_a_quarter_of_a_processor(slow_pair: ManualShadow) -> None:
    """Rows arrive faster than it can score them; the queue drops the rest, at once."""
    random = np.random.default_rng(2)
    slowest_s = 0.0
    started_s, started_cpu_s = time.monotonic(), time.process_time()
    own_cpu_s = 0.0
    while (passed_s := time.monotonic() - started_s) < 0.8:
        before_s, before_cpu_s = time.monotonic(), time.thread_time()
        for _ in range(1100):
            slow_pair.answer((float(random.uniform(0, 0.9)), 0.5))
        own_cpu_s += time.thread_time() - before_cpu_s
        slowest_s = max(slowest_s, time.monotonic() - before_s)
        time.sleep(0.1)
    shadow_cpu_s = time.process_time() - started_cpu_s - own_cpu_s
    assert shadow_cpu_s / passed_s < 0.35
    assert slow_pair.shadow.queue.dropped > 0
    assert slow_pair.counts.pairs > 0


def test_the_event_loop_does_not_wait_for_a_looping_canary(production: LiveVersion) -> None:
    """`observe` returns while the shadow's thread is in a call that does not end."""
    pair = ManualShadow(production, make_version(build_looping(), "2"))
    pair.answer((0.995, 0.5))
    thread = threading.Thread(target=pair.shadow.step)
    thread.start()
    time.sleep(0.02)
    started_s = time.monotonic()
    pair.answer((0.5, 0.5))
    took_s = time.monotonic() - started_s
    assert thread.is_alive()  # the call is under way
    assert took_s < 0.02
    thread.join(5)
    assert not thread.is_alive()
