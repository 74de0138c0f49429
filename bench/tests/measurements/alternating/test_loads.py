"""The loads on several processes by turns."""

import asyncio
import sys
from pathlib import Path

import pytest

from baton_cli.processes.child import Lifeline, Program
from baton_cli.processes.log import Log
from bench.load.figures import Figures
from bench.load.request import Request
from bench.load.rounds import Scale
from bench.measurements.alternating import loads as loads_module
from bench.measurements.alternating.loads import AlternatingLoads, iterate_turns, run_servers
from bench.measurements.alternating.results import AlternatingResults
from bench.settings import build_environment
from bench.testbed.server import Server
from bench.testbed.testbed import find_free_port
from tests.support.suite.wrk import need_wrk

BASE, OTHER = "base", "other"


def create_server(folder: Path, name: str, lifeline: Lifeline) -> Server:
    """Creates a server that echoes."""
    port = find_free_port()
    command = (sys.executable, "-m", "bench.peers.own_echo", str(port))
    return Server(Program(name, command, build_environment(), Log(folder, name)), port, lifeline)


def test_each_round_starts_with_another_name() -> None:
    assert [*iterate_turns("abc", 4)] == [*"abc", *"bca", *"cab", *"abc"]


def test_loads_alternate_and_are_counted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The count grows by seven at each reading; the second load has half the rate of the base."""
    need_wrk()
    body = tmp_path / "body.json"
    body.write_text('{"instances": [{"a": 1}]}')
    read: list[str] = []

    async def count(server: Server) -> int:
        read.append(server.name)
        return 7 * len(read)

    async def run() -> AlternatingResults:
        results = AlternatingResults()
        with Lifeline() as lifeline:
            servers = {name: create_server(tmp_path, name, lifeline) for name in (BASE, OTHER)}
            async with run_servers(servers, body):
                await AlternatingLoads(servers, BASE, body, Scale(1, 1), count).measure(results)
            assert [each.measure_memory().rss_mb for each in servers.values()] == [0, 0]
        return results

    results = asyncio.run(run())

    assert read == [BASE, BASE, OTHER, OTHER] * 2
    for rounds in (results.saturated, results.half_load):
        assert [*rounds.figures] == [BASE, OTHER]
        figures = [each for [each] in rounds.figures.values()]
        assert [each.counted for each in figures] == [7, 7]
        assert all(each.cpu_s for each in figures)
    [base] = results.saturated.figures[BASE]
    assert results.offered_per_s == base.per_s / 2
    assert results.half_load.figures[BASE][0].per_s < 0.8 * base.per_s
    assert results.failed == 0
    assert results.machine.endswith("; medians of 1 rounds, 1 s per load")
    lines = capfd.readouterr().err.splitlines()
    assert f"{BASE}, saturated: {base.per_s:,.0f}/s" in lines[0]
    assert f"{OTHER}, half load: p99 " in lines[-1]


def test_a_lead_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same load, for another time."""
    ran: list[tuple[int, float, float]] = []

    async def run_load(_: Request, *, connections: int, seconds: float, pause_ms: float) -> Figures:
        ran.append((connections, seconds, pause_ms))
        return Figures(round(100 * seconds), 0, seconds, p50_ms=1.0, p99_ms=1.0, p999_ms=1.0)

    monkeypatch.setattr(loads_module, "run_closed_loop", run_load)
    results = AlternatingResults()
    with Lifeline() as lifeline:
        servers = {BASE: create_server(tmp_path, BASE, lifeline)}
        loads = AlternatingLoads(servers, BASE, tmp_path, Scale(1, 2), lead_s=1)
        asyncio.run(loads.measure(results))

    pause_ms = 1e3 * loads_module.CALLERS / 50
    assert ran == [
        (loads_module.CONNECTIONS, 1, 0.0),
        (loads_module.CONNECTIONS, 2, 0.0),
        (loads_module.CALLERS, 1, pause_ms),
        (loads_module.CALLERS, 2, pause_ms),
    ]
    assert [each.answered for each in results.saturated.figures[BASE]] == [200]
