"""The start and the end of a testbed, with a file server as its tracking server."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from baton_cli.embedded.programs import Plan
from baton_cli.processes.child import Program
from baton_cli.processes.log import Log
from bench.errors import CannotRun
from bench.settings import build_environment
from bench.testbed import testbed as testbeds


def create_file_server(plan: Plan) -> Program:
    """Creates a program that answers `GET /health` on the port of the tracking server."""
    (plan.home.path / "health").touch()
    port = plan.tracking_uri.rpartition(":")[2]
    folder = str(plan.home.path)
    options = ("--bind", "127.0.0.1", "--directory", folder)
    command = (sys.executable, "-m", "http.server", port, *options)
    return Program("tracking", command, build_environment(), Log(plan.home.logs, "tracking"))


def test_testbed_starts_and_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It promotes version 1, excludes a second testbed, and stops its tracking server."""
    programs: list[Program] = []

    async def run(_: testbeds.Testbed, program: Program) -> None:
        programs.append(program)

    def download(_: testbeds.Testbed, name: str, destination: Path) -> None:
        destination.write_text(name)

    async def start() -> str:
        async with testbeds.start_testbed() as testbed:
            assert testbed.model_requirements.read_text() == "requirements.txt"
            with pytest.raises(CannotRun, match="another benchmark"):
                async with testbeds.start_testbed():
                    pass
            return testbed.tracking_uri

    monkeypatch.setattr(testbeds, "HOME", tmp_path)
    monkeypatch.setattr(testbeds, "RUN", tmp_path / "run")
    monkeypatch.setattr(testbeds, "build_tracking", create_file_server)
    monkeypatch.setattr(testbeds.Testbed, "run", run)
    monkeypatch.setattr(testbeds.Testbed, "download", download)
    uri = asyncio.run(start())

    [training] = programs
    assert training.command[-2:] == ("train", "--promote")
    assert training.environment["MLFLOW_TRACKING_URI"] == uri
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{uri}/health")
