"""The request log, with a fake clock."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from baton_inference.telemetry.request_log import (
    MAX_LINES_PER_SECOND,
    SLOW_S,
    FinishedRequest,
    RequestLog,
    is_notable,
)
from tests.support.fakes.clock import ManualClock

REJECTED = FinishedRequest("id", "predict", 422, "3", 0.0012345, "invalid-rows")


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
def test_notable_requests(status: int, duration_s: float, *, is_logged: bool) -> None:
    """Errors and slow requests are logged."""
    assert is_notable(status, duration_s) == is_logged


@pytest.mark.parametrize(
    ("status", "level", "event"),
    [
        (500, "error", "request failed"),
        (422, "info", "request rejected"),
        (499, "info", "client disconnected"),
        (200, "warning", "request slow"),
    ],
)
def test_levels(status: int, level: str, event: str) -> None:
    """A failure of the service is an error; a rejected request is not."""
    with capture_logs() as logs:
        RequestLog().write(replace(REJECTED, status=status))
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [(level, event)]
    assert logs[0]["duration_ms"] == 1.234


def test_empty_fields_are_left_out() -> None:
    """Without a problem or a stack there is no field for it; without a version it is null."""
    with capture_logs() as logs:
        RequestLog().write(FinishedRequest("id", "v2", 200, "", 2.0))
    assert logs[0]["version"] is None
    assert not {"problem", "stack"} & set(logs[0])


def test_lines_per_second_are_limited() -> None:
    """The next second's first line reports how many were left out."""
    time = ManualClock()
    requests = RequestLog(time.clock().steady_s)
    with capture_logs() as logs:
        for _ in range(MAX_LINES_PER_SECOND + 7):
            requests.write(REJECTED)
        assert len(logs) == MAX_LINES_PER_SECOND
        time.now_s += 1
        requests.write(REJECTED)
        requests.write(REJECTED)
    report, *others = logs[MAX_LINES_PER_SECOND:]
    assert report["left_out"] == 7
    assert [entry["event"] for entry in others] == ["request rejected"] * 2


def test_fallbacks_have_a_limit_of_their_own() -> None:
    """A bad canary does not hide other failures."""
    time = ManualClock()
    requests = RequestLog(time.clock().steady_s)
    with capture_logs() as logs:
        for _ in range(MAX_LINES_PER_SECOND + 7):
            assert requests.has_room_for_fallback is (len(logs) < MAX_LINES_PER_SECOND)
            requests.write_fallback("id", "2", "it failed", None)
        assert len(logs) == MAX_LINES_PER_SECOND
        requests.write(REJECTED)
        assert logs[-1]["event"] == "request rejected"
        time.now_s += 1
        assert requests.has_room_for_fallback
