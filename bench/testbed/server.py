"""A server under load."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx

from baton_cli.processes.child import Child, Lifeline, Program
from baton_cli.processes.ready import create_local_client, format_failure
from bench.errors import CannotRun
from bench.load.figures import Figures
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

    async def read_status(self) -> dict[str, Any]:
        """Reads `/status` of an inference process.

        Raises:
            CannotRun: it does not answer.
        """
        try:
            async with create_local_client() as client:
                answer = await client.get(f"http://127.0.0.1:{self.port}/status")
                status: dict[str, Any] = answer.raise_for_status().json()
        except httpx.HTTPError as error:
            raise CannotRun(f"{self.name} has no status: {error}") from error
        return status

    async def wait_until(
        self, is_reached: Callable[[dict[str, Any]], bool], what: str, limit_s: float
    ) -> None:
        """Waits until the status of an inference process is as wanted.

        Args:
            is_reached: whether it is.
            what: what is waited for, for the error.
            limit_s: the limit in seconds.

        Raises:
            CannotRun: the limit has passed.
        """
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    if is_reached(await self.read_status()):
                        return
                    await asyncio.sleep(PROBE_INTERVAL_S)
        except TimeoutError as error:
            raise CannotRun(f"{self.name}: not within {limit_s:g} s: {what}") from error

    def measure_memory(self) -> Memory:
        """Measures its memory, without the small process that supervises it."""
        return measure_memory(self._child.pid) if self._child else Memory(0, 0)

    async def measure_load(self, load: Awaitable[Figures]) -> Figures:
        """Runs a load on the server; adds the processor time of its processes to the figures."""
        before_s = self._read_processor_time_s()
        figures = await load
        return replace(figures, cpu_s=self._read_processor_time_s() - before_s)

    async def stop(self) -> None:
        """Ends the server and its child processes."""
        if self._child is not None:
            await self._child.stop()
            self._child = None

    def _read_processor_time_s(self) -> float:
        return read_processor_time_s(self._child.pid) if self._child else 0.0


async def _is_answered(client: httpx.AsyncClient, probe: Request) -> bool:
    body = probe.body.read_bytes()
    headers = {"content-type": "application/json"}
    try:
        return (await client.post(probe.url, content=body, headers=headers)).is_success
    except httpx.HTTPError:
        return False
