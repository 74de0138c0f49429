"""Calls that take too long."""

import time
from typing import Any, cast

import pytest

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_inference.shadow.rows import watchdog as watchdog_module
from baton_inference.shadow.rows.watchdog import CHECK_INTERVAL_S, Watchdog
from tests.support.fakes.harmful_graphs import AB, build_looping

HIT, GOOD = (0.995, 0.5), (0.5, 0.5)


def test_a_call_that_loops_is_stopped_and_later_calls_are_not() -> None:
    watchdog, engine = Watchdog(), OnnxEngine(build_looping(), AB)
    for _ in range(2):
        started_s = time.monotonic()
        with watchdog.limit_time(engine, 0.03) as limited, pytest.raises(EngineError):
            limited.score_rows([HIT])
        assert 0.03 <= time.monotonic() - started_s < 0.03 + 20 * CHECK_INTERVAL_S
        with watchdog.limit_time(engine, 10.0) as limited:
            assert len(limited.score_rows([GOOD])["label"]) == 1
    assert len(engine.score_rows([GOOD])["label"]) == 1


class Counting:
    """An engine that counts how often it is stopped."""

    def __init__(self) -> None:
        self.stops = 0

    def make_stoppable(self) -> "Counting":
        return self

    def stop(self) -> None:
        self.stops += 1


def test_a_call_that_is_over_is_not_stopped() -> None:
    watchdog, engine = Watchdog(), Counting()
    for _ in range(50):
        with watchdog.limit_time(cast("Any", engine), 0.01):
            pass
    time.sleep(3 * CHECK_INTERVAL_S)
    assert engine.stops == 0
    with watchdog.limit_time(cast("Any", engine), 0.01):
        time.sleep(4 * CHECK_INTERVAL_S)
    assert engine.stops == 0  # it waited, e.g. for a processor, and did not work
    with watchdog.limit_time(cast("Any", engine), 0.01):
        started_s = time.thread_time()
        while time.thread_time() - started_s < 4 * CHECK_INTERVAL_S:
            pass
    assert engine.stops > 0


def test_a_call_that_ignores_stops_is_given_up_once() -> None:
    """The thread makes no more calls: they fail."""
    given_up: list[Any] = []
    watchdog, engine = Watchdog(given_up.append, max_stops=3), Counting()
    with watchdog.limit_time(cast("Any", engine), 0.0):
        started_s = time.monotonic()
        while not given_up:
            assert time.monotonic() - started_s < 20.0
            time.sleep(CHECK_INTERVAL_S)
    assert (given_up, engine.stops) == ([engine], 4)
    with pytest.raises(EngineError), watchdog.limit_time(cast("Any", engine), 10.0):
        pass


def test_a_call_that_only_waits_is_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog_module, "MAX_CHECKS", 2)
    watchdog, engine = Watchdog(), Counting()
    with watchdog.limit_time(cast("Any", engine), 1e6):
        started_s = time.monotonic()
        while not engine.stops:
            assert time.monotonic() - started_s < 20.0
            time.sleep(CHECK_INTERVAL_S)
