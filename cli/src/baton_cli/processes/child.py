"""A child process in its own session. It ends together with all its descendants."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from baton_cli.processes.log import Log

LEASH = Path(__file__).with_name("leash.py")
LEFTOVER_S = 2.0
STOP_S = 12.0  # a little longer than the leash waits before SIGKILL
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True)
class Program:
    """A program to run.

    Attributes:
        title: its name in messages.
        command: the program and its arguments.
        environment: the whole environment.
        log: receives stdout and stderr.
    """

    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Log


class Lifeline:
    """A pipe that closes when this process ends. The leash of each child watches it."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        os.close(self._write_end)
        os.close(self.read_end)


class Child:
    """A running program."""

    def __init__(self, program: Program, lifeline: Lifeline) -> None:
        """Starts the program in its own session, so that Ctrl-C does not reach it.

        Raises:
            OSError: the program could not be started.
        """
        self.program = program
        leash = (sys.executable, "-I", "-S", str(LEASH), str(lifeline.read_end))
        with program.log.open() as log:
            self._process = subprocess.Popen(
                (*leash, *program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=program.environment,
                pass_fds=(lifeline.read_end,),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._process.pid

    async def wait(self) -> int:
        """Waits for its end, kills its remaining descendants and returns the exit code.

        Polls, because asyncio's own subprocess can be cancelled halfway through a start or wait.
        """
        while (code := self._process.poll()) is None:  # noqa: ASYNC110 - see above
            await asyncio.sleep(POLL_INTERVAL_S)
        self.kill()
        return code

    async def stop(self, timeout_s: float = STOP_S) -> None:
        """Sends SIGTERM, and SIGKILL to what still runs after the time."""
        self._process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._process.poll() is None:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(POLL_INTERVAL_S)
            async with asyncio.timeout(LEFTOVER_S):  # its descendants may take a little longer
                while self._signal_group(0):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(POLL_INTERVAL_S)
        self.kill()
        self._process.wait()

    def kill(self) -> None:
        """Kills it and its descendants at once."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: int) -> bool:
        """Signals the group; returns False if no process is left in it."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True
