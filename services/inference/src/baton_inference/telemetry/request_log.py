"""One line for a request that did not go well, or took long; none for the others.

At thousands of requests a second a line for each would cost more than the answers do: how many
went well is what metrics tell. For the same reason lines are limited: an overload must not be made
worse by telling of it. No line holds a value that somebody sent, but the request's id.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

SLOW_S = 1.0
MOST_LINES_A_SECOND = 20
FIRST_REFUSAL, FIRST_FAILURE = 400, 500
CLIENT_GONE = 499
"""What is counted and logged where nobody was left to answer, as nginx does."""

log = structlog.get_logger("baton.requests")


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that has ended.

    Attributes:
        request_id: well-formed, or made by us.
        protocol: `predict`, `invocations`, `v2` or `webhook`.
        status: the HTTP status; 499 where the client went away.
        version: which version answered; empty where none was being served.
        duration_s: from its headers to its answer.
        problem: the kind of problem that it ended in, as in its `type`; empty where there is none.
        stack: where a fault came from, without its text; None where there is no fault.
    """

    request_id: str
    protocol: str
    status: int
    version: str
    duration_s: float
    problem: str = ""
    stack: str | None = None


def is_worth_a_line(status: int, duration_s: float) -> bool:
    """Whether a request with this outcome is logged."""
    return status >= FIRST_REFUSAL or duration_s > SLOW_S


class RequestLog:
    """Writes the lines. Used from the event loop only."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def write(self, ended: Ended) -> None:
        """Writes one line, unless there were too many within this second."""
        second = int(self._clock_s())
        if second != self._second:
            self._second, self._lines = second, 0
            if self._left_out:
                log.warning("more requests went wrong than are logged", left_out=self._left_out)
                self._left_out = 0
        if self._lines >= MOST_LINES_A_SECOND:
            self._left_out += 1
            return
        self._lines += 1
        level, event = _outcome(ended.status)
        fields = {
            "request_id": ended.request_id,
            "protocol": ended.protocol,
            "status": ended.status,
            "version": ended.version or None,
            "duration_ms": round(1000 * ended.duration_s, 3),
        }
        if ended.problem:
            fields["problem"] = ended.problem
        if ended.stack is not None:
            fields["stack"] = ended.stack
        getattr(log, level)(event, **fields)


def _outcome(status: int) -> tuple[str, str]:
    """The level of a line and its event."""
    if status >= FIRST_FAILURE:
        return "error", "request failed"
    if status == CLIENT_GONE:
        return "info", "client went away"
    return ("info", "request refused") if status >= FIRST_REFUSAL else ("warning", "request slow")
