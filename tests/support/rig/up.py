"""`baton up` as a process of a test."""

import os
import signal
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.process import (
    LOCAL,
    SLOWDOWN,
    Process,
    find_free_port,
    is_ok,
    wait_until,
)

FIRST_START_S = 120.0
MARK = "BATON_TEST_MARK"
BATON = (sys.executable, "-m", "baton_cli", "up")


class Up(Process):
    """Runs `baton up` in its own home. An environment variable marks all of its processes."""

    def __init__(self, folder: Path, *arguments: str, program: Sequence[str] = BATON) -> None:
        self.port, self.tracking_port = find_free_port(), find_free_port()
        self.mark = uuid.uuid4().hex
        self.url = f"http://{LOCAL}:{self.port}"
        self.home = folder / "home"
        command = [*program, "--home", str(self.home)]
        command += ["--port", str(self.port), "--tracking-port", str(self.tracking_port)]
        env = {MARK: self.mark, "BATON_POLL_INTERVAL_S": "0.5"}
        super().__init__([*command, *arguments], env, folder / "up.log", folder=folder)

    def desk(self) -> Desk:
        return Desk(f"http://{LOCAL}:{self.tracking_port}", "churn_model", self.home.parent)

    def wait_until_ready(self, limit_s: float = FIRST_START_S) -> None:
        wait_until(lambda: is_ok(f"{self.url}/readyz"), limit_s, f"ready: {self.log_tail}")

    def predict(self) -> str:
        body = {"instances": [CUSTOMER]}
        answer = httpx.post(f"{self.url}/predict", json=body, timeout=10 * SLOWDOWN)
        return str(answer.raise_for_status().json()["model_version"])

    def list_processes(self) -> dict[int, str]:
        """Lists its running processes: id and command line."""
        return dict(find_marked(self.mark))

    def wait(self, limit_s: float) -> int:
        """Waits for its end and returns its exit code."""
        assert self.popen is not None
        return self.popen.wait(limit_s)

    def kill(self, word: str) -> None:
        """Kills the newest process with this word in its command line; waits for its successor."""
        before = {pid for pid, line in self.list_processes().items() if word in line}
        os.kill(max(before), signal.SIGKILL)

        def is_restarted() -> bool:
            return any(
                word in line for pid, line in self.list_processes().items() if pid not in before
            )

        wait_until(is_restarted, 30, f"{word} again: {self.log_tail}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.list_processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.popen is not None:
            self.popen.wait()


def find_marked(mark: str) -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield int(folder.name), line
        except OSError:
            continue  # the process has ended
