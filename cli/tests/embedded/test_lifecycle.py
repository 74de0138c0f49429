import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from baton_cli.embedded import lifecycle, programs
from baton_cli.embedded.home import Home
from baton_cli.embedded.programs import Plan
from baton_cli.errors import CommandFailed
from baton_cli.processes.child import Program
from baton_cli.processes.supervisor import Supervisor
from baton_cli.settings import CliSettings, load
from tests.support.cli.processes import list_members, poll_until

ANSWER_ALL = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        ports = one.getsockname()[1], other.getsockname()[1]
    with (home := Home(tmp_path)).lock():
        return Plan(home, "127.0.0.1", *ports)


@pytest.fixture
def pids(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the started processes. Both servers answer every request with 200."""
    started: list[int] = []

    def server(port: str, status: str = "200") -> list[str]:
        return ["-c", ANSWER_ALL, port, status]

    def build_stand_in(plan: Plan, title: str, *arguments: str) -> Program:
        program = plan.build_program(title, title)
        return Program(title, (sys.executable, *arguments), program.environment, program.log)

    replacements = {
        "build_tracking": lambda plan: build_stand_in(
            plan, "tracking", *server(str(plan.tracking_port))
        ),
        "build_inference": lambda plan: build_stand_in(plan, "inference", *server(str(plan.port))),
        "build_controller": lambda plan: build_stand_in(
            plan, "controller", "-c", "import time; time.sleep(600)"
        ),
        "build_bootstrap": lambda plan: build_stand_in(
            plan, "bootstrap", "-c", "print('warning: no webhook\\ntrained')"
        ),
    }
    for name, program in replacements.items():
        monkeypatch.setattr(programs, name, program)

    class RecordingSupervisor(Supervisor):
        async def stop(self) -> None:
            started.extend(child.pid for child in self._children)
            await super().stop()

    monkeypatch.setattr(lifecycle, "Supervisor", RecordingSupervisor)
    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_runs_until_a_signal_and_leaves_no_process(
    number: signal.Signals, plan: Plan, pids: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything starts, the summary is printed, and the signal stops all children."""
    printed: list[str] = []
    errors: list[str] = []

    def has_summary() -> bool:
        out, err = capsys.readouterr()
        printed.append(out)
        errors.append(err)
        return "Ctrl-C stops everything" in "".join(printed)

    async def scenario() -> None:
        run = asyncio.create_task(lifecycle.run_until_stopped(plan, load(CliSettings)))
        await poll_until(lambda: has_summary() or run.done())
        os.kill(os.getpid(), number)
        await run

    asyncio.run(scenario())
    assert f"{plan.inference_url}/docs" in "".join(printed)
    assert "warning: no webhook\ntrained\n" in "".join(errors)
    assert len(pids) == 3
    assert [member for pid in pids for member in list_members(pid)] == []


def test_failed_first_training_ends_everything(
    plan: Plan, pids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has the last line of its log, and no process is left."""
    command = (
        sys.executable,
        "-c",
        "import sys; sys.exit('baton: t.csv: no rows below the header')",
    )
    program = plan.build_program("bootstrap", "bootstrap")
    failing = Program("bootstrap", command, program.environment, program.log)
    monkeypatch.setattr(programs, "build_bootstrap", lambda _: failing)
    with pytest.raises(CommandFailed) as failure:
        asyncio.run(lifecycle.run_until_stopped(plan, load(CliSettings)))
    assert str(failure.value) == (
        f"the first training failed: t.csv: no rows below the header (log: {failing.log.path})"
    )
    assert len(pids) == 2
    assert [member for pid in pids for member in list_members(pid)] == []
