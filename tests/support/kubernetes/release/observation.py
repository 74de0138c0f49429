"""What callers see during an event."""

import contextlib
import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.support.kubernetes.commands import ROOT, enter
from tests.support.kubernetes.release.load import KEPT_PER_S, NEW_PER_S
from tests.support.rig.process import SLOWDOWN, wait_until

_SHOWN_FAILURES = 10
_FIRST_ANSWERS = 50
_START_LIMIT_S = 60.0
_PRIORITY = -10
"""9 times the weight of another process."""
_LEAST_SHARE = 0.5 / SLOWDOWN
"""Of the planned requests: with fewer, the load itself has stalled and proves nothing."""


@dataclass(frozen=True)
class Request:
    """One request of a load.

    Attributes:
        at_s: when it was sent, of `time.monotonic`.
        took_s: until the answer or the failure.
        mode: on a `new` or a `kept` connection.
        version: that answered; empty after a failure.
        problem: why it failed, or empty.
    """

    at_s: float
    took_s: float
    mode: str
    version: str
    problem: str

    @classmethod
    def parse(cls, line: str) -> Self:
        """Parses a line of the load's log."""
        at, took, mode, version, problem = line.rstrip("\n").split("\t")
        return cls(float(at), float(took), mode, version, problem)


@dataclass(frozen=True)
class Observation:
    """The requests that were sent during an event, in the order of their ends.

    Attributes:
        since_s: when the event began, of `time.monotonic`.
        requests: the requests.
    """

    since_s: float
    requests: list[Request]

    @property
    def answers(self) -> list[Request]:
        return [request for request in self.requests if not request.problem]

    @property
    def failures(self) -> list[Request]:
        return [request for request in self.requests if request.problem]

    @property
    def p99_s(self) -> float:
        """The time within which 99 % of the answers came."""
        times = sorted(request.took_s for request in self.answers)
        return times[math.ceil(len(times) * 0.99) - 1]

    def list_versions(self) -> set[str]:
        """Lists the versions that have answered."""
        return {each.version for each in self.answers}

    def format_cells(self, took_s: float) -> tuple[str, ...]:
        """Formats the cells of the event's row: how long it took, and what callers saw."""
        return (
            f"{took_s:.1f} s",
            f"{len(self.answers):,}",
            f"{len(self.failures)}",
            f"{self.p99_s * 1000:.0f} ms",
        )

    def describe_failures(self) -> str:
        """Describes how many requests failed, and the first of them."""
        shown = [
            f"  after {each.at_s - self.since_s:.2f} s, {each.mode} connection,"
            f" {each.took_s * 1000:.0f} ms: {each.problem}"
            for each in self.failures[:_SHOWN_FAILURES]
        ]
        head = f"{len(self.failures)} of {len(self.requests)} requests failed"
        return "\n".join([head, *shown])


def _prefer(pid: int) -> None:
    """Gives a process as much of a busy machine as the pods of a node get.

    Where Linux groups processes by session, the priority is that of the session.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _PRIORITY)
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(f"{_PRIORITY}")


class Load:
    """A load from node 1's network on one address, until the block ends."""

    def __init__(self, namespace: str, host: str, port: int, bodies: Path, log: Path) -> None:
        module = "tests.support.kubernetes.release.load"
        arguments = [sys.executable, "-m", module, host, str(port), str(bodies), str(log)]
        self._command = enter(namespace, *arguments)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=ROOT, start_new_session=True)
        _prefer(self._process.pid)
        # A Service that is new is not known to the packet filter of every node at once.
        try:
            wait_until(self._is_answered, _START_LIMIT_S, "answers to the load")
        except AssertionError:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _is_answered(self) -> bool:
        """Whether all of the last requests were answered."""
        last = self._read()[-_FIRST_ANSWERS:] if self._log.exists() else []
        return len(last) == _FIRST_ANSWERS and not any(request.problem for request in last)

    def _read(self) -> list[Request]:
        lines = self._log.read_text(encoding="utf-8").splitlines(keepends=True)
        return [Request.parse(line) for line in lines if line.endswith("\n")]

    def observe(self, since_s: float) -> Observation:
        """Returns the requests that were sent since a time.

        Fails if there are too few: the load itself has ended or stalled.
        """
        requests = [request for request in self._read() if request.at_s >= since_s]
        planned = (time.monotonic() - since_s) * (NEW_PER_S + KEPT_PER_S)
        assert len(requests) > planned * _LEAST_SHARE, f"{len(requests)} of {planned:.0f} requests"
        return Observation(since_s, requests)
