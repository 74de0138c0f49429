"""Servers under load: start and stop."""

import asyncio
import sys
from pathlib import Path

import pytest

from baton_cli.processes.child import Lifeline, Program
from baton_cli.processes.log import Log
from bench.errors import CannotRun
from bench.load.request import Request
from bench.settings import build_environment
from bench.testbed.server import Server
from bench.testbed.testbed import find_free_port


def create_server(folder: Path, port: int, lifeline: Lifeline, *command: str) -> Server:
    program = Program(
        "a server", (sys.executable, *command), build_environment(), Log(folder, "log")
    )
    return Server(program, port, lifeline)


def test_server_starts_and_stops(tmp_path: Path) -> None:
    """The start is timed, the memory measured, and no process is left."""
    body = tmp_path / "body.json"
    body.write_text("{}")
    port = find_free_port()
    probe = Request(port, "/", body)

    async def run() -> None:
        with Lifeline() as lifeline:
            floor = create_server(tmp_path, port, lifeline, "-m", "bench.peers.own_echo", str(port))
            try:
                assert 0 < await floor.start(probe) < 60
                assert floor.measure_memory().rss_mb > 10
            finally:
                await floor.stop()
            assert floor.measure_memory().rss_mb == 0

    asyncio.run(run())


def test_server_that_ends_is_an_error(tmp_path: Path) -> None:
    """The error has the last line of the server's log."""
    body = tmp_path / "body.json"
    body.write_text("{}")

    async def run() -> None:
        with Lifeline() as lifeline:
            broken = create_server(tmp_path, 1, lifeline, "-c", "raise SystemExit('no such model')")
            try:
                await broken.start(Request(1, "/", body))
            finally:
                await broken.stop()

    with pytest.raises(CannotRun, match="a server ended: no such model"):
        asyncio.run(run())
