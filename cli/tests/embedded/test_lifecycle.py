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
from tests.support.cli.processes import members, until

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
    """The processes that were started, servers that answer all with 200 among them."""
    started: list[int] = []

    def server(port: str, status: str = "200") -> list[str]:
        return ["-c", ANSWER_ALL, port, status]

    def stand_in(plan: Plan, title: str, *arguments: str) -> Program:
        program = plan.program(title, title)
        return Program(title, (sys.executable, *arguments), program.environment, program.log)

    replaced = {
        "tracking": lambda plan: stand_in(plan, "tracking", *server(str(plan.tracking_port))),
        "inference": lambda plan: stand_in(plan, "inference", *server(str(plan.port))),
        "bootstrap": lambda plan: stand_in(
            plan, "bootstrap", "-c", "print('warning: no webhook\\ntrained')"
        ),
    }
    for name, program in replaced.items():
        monkeypatch.setattr(programs, name, program)

    class Recorded(Supervisor):
        async def stop(self) -> None:
            started.extend(child.pid for child in self._children)
            await super().stop()

    monkeypatch.setattr(lifecycle, "Supervisor", Recorded)
    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_lives_until_a_signal_and_leaves_nothing_running(
    number: signal.Signals, plan: Plan, pids: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything starts, the summary is printed, and the signal is an orderly end."""
    printed: list[str] = []
    told: list[str] = []

    def has_summary() -> bool:
        out, err = capsys.readouterr()
        printed.append(out)
        told.append(err)
        return "Ctrl-C stops everything" in "".join(printed)

    async def scenario() -> None:
        life = asyncio.create_task(lifecycle.live(plan, load(CliSettings)))
        await until(lambda: has_summary() or life.done())
        os.kill(os.getpid(), number)
        await life

    asyncio.run(scenario())
    assert f"{plan.inference_url}/docs" in "".join(printed)
    assert "warning: no webhook\ntrained\n" in "".join(told)
    assert len(pids) == 2
    assert [member for pid in pids for member in members(pid)] == []


def test_a_first_version_that_cannot_be_trained_ends_everything(
    plan: Plan, pids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one-shot's last line is ours, and nothing is left running."""
    command = (sys.executable, "-c", "import sys; sys.exit('baton: t.csv: 2 usable rows')")
    program = plan.program("bootstrap", "bootstrap")
    failing = Program("bootstrap", command, program.environment, program.log)
    monkeypatch.setattr(programs, "bootstrap", lambda _: failing)
    with pytest.raises(CommandFailed) as failure:
        asyncio.run(lifecycle.live(plan, load(CliSettings)))
    assert str(failure.value) == (
        f"the first version could not be trained: t.csv: 2 usable rows (log: {failing.log.path})"
    )
    assert len(pids) == 2
    assert [member for pid in pids for member in members(pid)] == []
