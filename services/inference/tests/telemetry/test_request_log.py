"""Lines about requests, on a clock moved by hand."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from baton_inference.telemetry.request_log import (
    MOST_LINES_A_SECOND,
    SLOW_S,
    Ended,
    RequestLog,
    is_worth_a_line,
)
from tests.support.fakes.clock import ManualClock

REFUSED = Ended("id", "predict", 422, "3", 0.0012345, "invalid-rows")


@pytest.mark.parametrize(
    ("status", "duration_s", "is_logged"),
    [
        (200, 0.001, False),
        (200, SLOW_S + 0.1, True),
        (400, 0, True),
        (499, 0, True),
        (503, 0, True),
    ],
)
def test_what_is_worth_a_line(status: int, duration_s: float, *, is_logged: bool) -> None:
    """What did not go well, or took long."""
    assert is_worth_a_line(status, duration_s) == is_logged


@pytest.mark.parametrize(
    ("status", "level", "event"),
    [
        (500, "error", "request failed"),
        (422, "info", "request refused"),
        (499, "info", "client went away"),
        (200, "warning", "request slow"),
    ],
)
def test_levels(status: int, level: str, event: str) -> None:
    """A failure of ours is an error, a caller's is not."""
    with capture_logs() as logs:
        RequestLog().write(replace(REFUSED, status=status))
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [(level, event)]
    assert logs[0]["duration_ms"] == 1.234


def test_what_is_not_known_is_left_out() -> None:
    """No problem and no stack: no fields for them; no version: null."""
    with capture_logs() as logs:
        RequestLog().write(Ended("id", "v2", 200, "", 2.0))
    assert logs[0]["version"] is None
    assert not {"problem", "stack"} & set(logs[0])


def test_an_overload_is_not_made_worse() -> None:
    """So many lines a second; how many were left out is told with the next one."""
    time = ManualClock()
    requests = RequestLog(time.clock().steady_s)
    with capture_logs() as logs:
        for _ in range(MOST_LINES_A_SECOND + 7):
            requests.write(REFUSED)
        assert len(logs) == MOST_LINES_A_SECOND
        time.now_s += 1
        requests.write(REFUSED)
        requests.write(REFUSED)
    told, *others = logs[MOST_LINES_A_SECOND:]
    assert told["left_out"] == 7
    assert [entry["event"] for entry in others] == ["request refused"] * 2
