"""A child process in a session of its own, which ends with all that it has started."""

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
STOP_S = 12.0  # a little longer than the leash takes to use force itself
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True)
class Program:
    """Something to run.

    Attributes:
        title: what people call it.
        command: program and arguments.
        environment: the whole environment.
        log: where its output goes.
    """

    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Log


class Lifeline:
    """A pipe that closes when this process is gone: the leash of each child watches it."""

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
        """Starts the program.

        In its own session: Ctrl-C in the terminal reaches only us, and we decide who stops when.

        Raises:
            OSError: it could not be started.
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
        """The process id, which is also that of its group."""
        return self._process.pid

    async def wait(self) -> int:
        """Waits for its end and gives the exit code; what it left behind is ended then.

        Polled: a start and a wait that cannot be cancelled halfway are worth the few wake-ups.
        """
        while (code := self._process.poll()) is None:  # noqa: ASYNC110 - see above
            await asyncio.sleep(POLL_INTERVAL_S)
        self.kill()
        return code

    async def stop(self, timeout_s: float = STOP_S) -> None:
        """Asks it to end, and uses force where it has not within the time."""
        self._process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._process.poll() is None:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(POLL_INTERVAL_S)
            async with asyncio.timeout(LEFTOVER_S):  # what it has started may take a little longer
                while self._signal_group(0):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(POLL_INTERVAL_S)
        self.kill()
        self._process.wait()

    def kill(self) -> None:
        """Ends it and all that it has started, at once."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: int) -> bool:
        """Signals the group; False where nothing is left of it."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True
