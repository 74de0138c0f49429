"""Servers under load: begun and ended."""

import asyncio
import sys
from pathlib import Path

import pytest

from baton_cli.processes.child import Lifeline, Program
from baton_cli.processes.log import Log
from bench.errors import CannotRun
from bench.load.request import Request
from bench.settings import environment_of
from bench.testbed.server import Server
from bench.testbed.testbed import free_port


def server(folder: Path, port: int, lifeline: Lifeline, *command: str) -> Server:
    program = Program("a server", (sys.executable, *command), environment_of(), Log(folder, "log"))
    return Server(program, port, lifeline)


def test_a_server_is_timed_weighed_and_ended(tmp_path: Path) -> None:
    """From its start to its first good answer; nothing of it is left."""
    body = tmp_path / "body.json"
    body.write_text("{}")
    port = free_port()
    probe = Request(port, "/", body)

    async def live() -> None:
        with Lifeline() as lifeline:
            floor = server(tmp_path, port, lifeline, "-m", "bench.peers.floor", str(port))
            try:
                assert 0 < await floor.start(probe) < 60
                assert floor.memory().rss_mb > 10
            finally:
                await floor.stop()
            assert floor.memory().rss_mb == 0

    asyncio.run(live())


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    """One line, with the last that it said."""
    body = tmp_path / "body.json"
    body.write_text("{}")

    async def live() -> None:
        with Lifeline() as lifeline:
            broken = server(tmp_path, 1, lifeline, "-c", "raise SystemExit('no such model')")
            try:
                await broken.start(Request(1, "/", body))
            finally:
                await broken.stop()

    with pytest.raises(CannotRun, match="a server ended: no such model"):
        asyncio.run(live())
