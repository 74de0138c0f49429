"""The share of a processor."""

import time

import pytest

from baton_inference.shadow.duty_cycle import DutyCycle


def test_a_quarter_rests_three_times_as_long_as_it_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([1.0, 1.5])
    monkeypatch.setattr(time, "thread_time", lambda: next(times))
    cycle = DutyCycle(0.25)
    cycle.start()
    assert cycle.compute_rest_s() == 1.5


def test_a_whole_processor_needs_no_rest() -> None:
    cycle = DutyCycle(1.0)
    cycle.start()
    assert cycle.compute_rest_s() == 0.0
