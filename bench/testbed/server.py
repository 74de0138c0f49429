"""A server under load."""

import asyncio
import time

import httpx

from baton_cli.processes.child import Child, Lifeline, Program
from baton_cli.processes.ready import create_local_client, format_failure
from bench.errors import CannotRun
from bench.load.request import Request
from bench.machine.memory import Memory, measure_memory
from bench.machine.usage import read_processor_time_s

START_LIMIT_S = 120.0
PROBE_INTERVAL_S = 0.01


class Server:
    """A program that serves scoring requests on a local port."""

    def __init__(self, program: Program, port: int, lifeline: Lifeline) -> None:
        self.name = program.title
        self.port = port
        self._program = program
        self._lifeline = lifeline
        self._child: Child | None = None

    async def start(self, probe: Request) -> float:
        """Starts the server; returns the seconds until the first 2xx answer to the probe.

        Raises:
            CannotRun: the server ended, or took too long.
        """
        self._program.log.rotate()
        started_s = time.perf_counter()
        child = self._child = Child(self._program, self._lifeline)
        ended = asyncio.create_task(child.wait())
        try:
            async with create_local_client() as client, asyncio.timeout(START_LIMIT_S):
                while not await _is_answered(client, probe):
                    if ended.done():
                        raise CannotRun(format_failure(self._program, f"{self.name} ended"))
                    await asyncio.sleep(PROBE_INTERVAL_S)
        except TimeoutError as error:
            reason = f"{self.name} did not answer within {START_LIMIT_S:g} s"
            raise CannotRun(format_failure(self._program, reason)) from error
        finally:
            ended.cancel()
        return time.perf_counter() - started_s

    def measure_memory(self) -> Memory:
        """Measures its memory, without the small process that supervises it."""
        return measure_memory(self._child.pid) if self._child else Memory(0, 0)

    def read_processor_time_s(self) -> float:
        """Reads the processor time of its processes until now, in seconds."""
        return read_processor_time_s(self._child.pid) if self._child else 0.0

    async def stop(self) -> None:
        """Ends the server and its child processes."""
        if self._child is not None:
            await self._child.stop()
            self._child = None


async def _is_answered(client: httpx.AsyncClient, probe: Request) -> bool:
    body = probe.body.read_bytes()
    headers = {"content-type": "application/json"}
    try:
        return (await client.post(probe.url, content=body, headers=headers)).is_success
    except httpx.HTTPError:
        return False
