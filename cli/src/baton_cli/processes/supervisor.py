"""Keeps programs running: restarts a program that ends; the others continue."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable

from baton_cli.processes.child import Child, Lifeline, Program
from baton_cli.processes.restart import Backoff
from baton_cli.terminal import shorten_path

LOG_CHECK_S = 10.0


class Supervisor:
    """Runs programs until it is stopped.

    Attributes:
        exit_counts: the number of exits of each program, by title.
    """

    def __init__(self, lifeline: Lifeline, print_line: Callable[[str], None]) -> None:
        self.exit_counts: Counter[str] = Counter()
        self._lifeline = lifeline
        self._print_line = print_line
        self._children: set[Child] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def keep_running(self, program: Program) -> None:
        """Starts the program, and restarts it whenever it ends."""
        program.log.rotate()
        self._tasks.append(asyncio.create_task(self._restart_forever(program)))
        self._tasks.append(asyncio.create_task(_limit_log_size(program)))

    async def run_once(self, program: Program) -> int:
        """Runs the program to its end and returns its exit code."""
        program.log.rotate()
        return await self._run(program)

    async def stop(self) -> None:
        """Stops all programs and restarts."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self._children))

    def kill(self) -> None:
        """Kills all programs at once."""
        for child in self._children:
            child.kill()

    async def _restart_forever(self, program: Program) -> None:
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                outcome = _describe_exit(await self._run(program))
            except OSError as error:
                outcome = f"could not be started ({error.strerror})"
            self.exit_counts[program.title] += 1
            delay_s = backoff.compute_delay_s(time.monotonic() - began)
            self._print_line(
                f"{program.title} {outcome}; restarting in {delay_s:g} s "
                f"(log: {shorten_path(program.log.path)})"
            )
            await asyncio.sleep(delay_s)

    async def _run(self, program: Program) -> int:
        child = Child(program, self._lifeline)
        self._children.add(child)
        code = await child.wait()
        # A cancelled wait leaves the child in the set: `stop` stops it.
        self._children.discard(child)
        return code


async def _limit_log_size(program: Program) -> None:
    while True:
        await asyncio.sleep(LOG_CHECK_S)
        program.log.limit_size()


def _describe_exit(code: int) -> str:
    number = -code if code < 0 else code - 128
    try:
        return f"was killed by {signal.Signals(number).name}"
    except ValueError:
        return f"exited with code {code}"
