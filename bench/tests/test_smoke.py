"""The benchmarks run for seconds: Baton and the echo floor, on a real tracking server."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bench.measurements.servers import benchmark as servers
from bench.measurements.servers import report
from bench.measurements.servers.contestants import BATON
from bench.measurements.servers.results import Results
from bench.measurements.servers.rounds import REFERENCE
from bench.measurements.swaps import benchmark as swaps
from bench.measurements.swaps import report as swap_report
from bench.measurements.swaps.results import SwapResults
from bench.testbed import testbed as testbeds


@pytest.mark.timeout(400)
def test_benchmarks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No request fails, every swap is detected, and every goal has a figure."""
    if shutil.which("wrk") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("wrk is not installed; .ci/run installs it")
        pytest.skip("wrk is not installed")
    monkeypatch.setattr(testbeds, "HOME", tmp_path)
    monkeypatch.setattr(testbeds, "RUN", tmp_path / "run")

    async def both() -> tuple[Results, SwapResults]:
        scale = servers.Scale(rounds=1, seconds=1, connections=(1, REFERENCE))
        async with testbeds.start_testbed() as testbed:
            return (
                await servers.run(testbed, BATON, scale),
                await swaps.run(testbed, swaps.SwapPlan(phases=1, per_phase=4)),
            )

    results, swap_results = asyncio.run(both())

    assert results.missing == []
    measured = (*results.one_row.values(), results.many_rows, results.half_load)
    assert all(
        each.failed == 0 for rounds in measured for each in rounds.compute_medians().values()
    )
    assert len(report.list_goals(results)) == 4
    assert "Start and memory" in report.format_tables(results)
    assert report.format_summary(results).count("\n") == 3
    assert (swap_results.counted, len(swap_results.swap_s)) == (4, 4)
    assert [
        each.failed for each in (*swap_results.swapping.figures, *swap_results.calm.figures)
    ] == [0, 0]
    assert swap_results.swapping.mixed == 0
    assert "during swaps" in swap_report.format_tables(swap_results)
