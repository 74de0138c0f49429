"""Logs requests that failed, were rejected or were slow.

At thousands of requests a second, one line per request would cost more than the answers; metrics
count the successful ones. The number of lines per second is limited, so that logging does not
worsen an overload. The request id is the only value from a caller in a line.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

SLOW_S = 1.0
MAX_LINES_PER_SECOND = 20
FIRST_CLIENT_ERROR, FIRST_SERVER_ERROR = 400, 500
CLIENT_DISCONNECTED = 499
"""The code in metrics and logs if the client disconnected before the answer, as in nginx."""

log = structlog.get_logger("baton.requests")


@dataclass(frozen=True, slots=True)
class FinishedRequest:
    """A request that has ended: what the log says about it.

    Attributes:
        request_id: the id of the request.
        protocol: `predict`, `invocations`, `v2`, `v2_grpc`, `webhook` or `feedback`.
        status: the HTTP status; 499 if the client disconnected.
        version: the version that answered; empty if none was serving.
        duration_s: from the request's headers to its answer.
        problem: the last part of the problem's `type`; empty without a problem.
        stack: the origin of an internal error, without its text; else None.
    """

    request_id: str
    protocol: str
    status: int
    version: str
    duration_s: float
    problem: str = ""
    stack: str | None = None


def is_notable(status: int, duration_s: float) -> bool:
    """Whether a request with this end is logged."""
    return status >= FIRST_CLIENT_ERROR or duration_s > SLOW_S


class RequestLog:
    """Writes the lines. Used from the event loop only."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._requests = _LineBudget(clock_s)
        self._fallbacks = _LineBudget(clock_s)

    @property
    def has_room(self) -> bool:
        """Whether a line about a request would be written now: else its stack is not needed."""
        return self._requests.has_room

    @property
    def has_room_for_fallback(self) -> bool:
        """The same for a line about a fallback."""
        return self._fallbacks.has_room

    def write(self, request: FinishedRequest) -> None:
        """Writes one line, unless this second already has too many."""
        if not self._requests.take():
            return
        level, event = _classify(request.status)
        fields = {
            "request_id": request.request_id,
            "protocol": request.protocol,
            "status": request.status,
            "version": request.version or None,
            "duration_ms": round(1000 * request.duration_s, 3),
        }
        if request.problem:
            fields["problem"] = request.problem
        if request.stack is not None:
            fields["stack"] = request.stack
        getattr(log, level)(event, **fields)

    def write_fallback(self, request_id: str, version: str, reason: str, stack: str | None) -> None:
        """Writes that production answered a request in place of a canary.

        These lines have a limit of their own: a bad canary must not hide other failures.

        Args:
            request_id: the id of the request.
            version: the canary.
            reason: why it did not answer, without values of the rows.
            stack: the origin of its error, without its text; None if it refused the rows.
        """
        if self._fallbacks.take():
            fields = {} if stack is None else {"stack": stack}
            log.warning(
                "canary replaced",
                request_id=request_id,
                version=version,
                reason=reason,
                **fields,
            )


class _LineBudget:
    """Limits the lines of each second, and reports those left out."""

    def __init__(self, clock_s: Callable[[], float]) -> None:
        self._clock_s = clock_s
        self._second = 0
        self._lines = 0
        self._left_out = 0

    @property
    def has_room(self) -> bool:
        """Whether this second has room for one more line."""
        return int(self._clock_s()) != self._second or self._lines < MAX_LINES_PER_SECOND

    def take(self) -> bool:
        """Counts one more line of this second; False if it has no room."""
        second = int(self._clock_s())
        if second != self._second:
            self._second, self._lines = second, 0
            if self._left_out:
                log.warning("request lines left out", left_out=self._left_out)
                self._left_out = 0
        if self._lines >= MAX_LINES_PER_SECOND:
            self._left_out += 1
            return False
        self._lines += 1
        return True


def _classify(status: int) -> tuple[str, str]:
    """Returns the level and the event of a line."""
    if status >= FIRST_SERVER_ERROR:
        return "error", "request failed"
    if status == CLIENT_DISCONNECTED:
        return "info", "client disconnected"
    if status >= FIRST_CLIENT_ERROR:
        return "info", "request rejected"
    return "warning", "request slow"
