"""Programs on this machine that the tests start and wait for."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

LOCAL = "127.0.0.1"
STOP_LIMIT_S = 10.0
"""The contract: SIGTERM ends inference within ten seconds."""


SLOWDOWN = 4
"""How many times slower a shared machine may be than the one on which limits were chosen."""


def find_free_port() -> int:
    """Finds a free port."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(
    is_true: Callable[[], bool], limit_s: float, what: str, seen: Sequence[object] = ()
) -> float:
    """Waits for a condition and returns the seconds that it took.

    After `SLOWDOWN` times the limit it fails with `what` and the items of `seen`.
    """
    start = time.monotonic()
    while not is_true():
        if (waited_s := time.monotonic() - start) > SLOWDOWN * limit_s:
            raise AssertionError(f"after {waited_s:.0f} s still waiting: {what} {[*seen] or ''}")
        time.sleep(0.02)
    return time.monotonic() - start


def is_ok(url: str) -> bool:
    """Whether a GET of the URL returns 200."""
    try:
        return httpx.get(url, timeout=5 * SLOWDOWN).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@dataclass
class Process:
    """A program in its own session that logs to a file."""

    command: list[str]
    env: Mapping[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None
    folder: Path | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                env={**os.environ, **self.env},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.popen is not None
        return self.popen.pid

    def stop(self, how: int = signal.SIGTERM, limit_s: float = STOP_LIMIT_S) -> int:
        """Signals the process and returns its exit code; kills the rest of its group."""
        assert self.popen is not None
        self.popen.send_signal(how)
        try:
            return self.popen.wait(limit_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    @property
    def log_tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]
