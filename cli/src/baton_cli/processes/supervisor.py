"""Keeps programs running: what ends is started again, the others go on."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from baton_cli.processes.child import Child, Lifeline, Program
from baton_cli.processes.restart import Backoff

LOG_CHECK_S = 10.0


class Supervisor:
    """Runs programs until it is stopped.

    Attributes:
        ends: how often each program has ended, by its title.
    """

    def __init__(self, lifeline: Lifeline, tell: Callable[[str], None]) -> None:
        self.ends: Counter[str] = Counter()
        self._lifeline = lifeline
        self._tell = tell
        self._children: set[Child] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def keep(self, program: Program) -> None:
        """Starts the program, and again whenever it ends."""
        program.log.begin()
        self._tasks.append(asyncio.create_task(self._keep(program)))
        self._tasks.append(asyncio.create_task(_keep_bounded(program)))

    async def run_once(self, program: Program) -> int:
        """Runs the program to its end and gives its exit code."""
        program.log.begin()
        return await self._run(program)

    async def stop(self) -> None:
        """Ends everything, and starts nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self._children))

    def kill(self) -> None:
        """Ends everything at once: for those who cannot wait for `stop`."""
        for child in self._children:
            child.kill()

    async def _keep(self, program: Program) -> None:
        backoff = Backoff()
        while True:
            began = time.monotonic()
            try:
                how = _ending(await self._run(program))
            except OSError as error:
                how = f"did not start ({error.strerror})"
            self.ends[program.title] += 1
            delay_s = backoff.delay_s(time.monotonic() - began)
            self._tell(
                f"{program.title} {how}; starting it again in {delay_s:g} s, "
                f"its log: {shown(program.log.path)}"
            )
            await asyncio.sleep(delay_s)

    async def _run(self, program: Program) -> int:
        child = Child(program, self._lifeline)
        self._children.add(child)
        code = await child.wait()
        # Left in the set where this is cancelled: `stop` ends it then.
        self._children.discard(child)
        return code


async def _keep_bounded(program: Program) -> None:
    while True:
        await asyncio.sleep(LOG_CHECK_S)
        program.log.bound()


def _ending(code: int) -> str:
    number = -code if code < 0 else code - 128
    try:
        return f"was ended by {signal.Signals(number).name}"
    except ValueError:
        return f"ended with exit code {code}"


def shown(path: Path) -> str:
    """The path as short as it can be pasted from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
