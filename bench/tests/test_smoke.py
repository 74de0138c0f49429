"""The benchmarks run: the product and the floor for seconds, on a real tracking server."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bench.measurements.servers import benchmark as servers
from bench.measurements.servers import report
from bench.measurements.servers.contestants import PRODUCT
from bench.measurements.servers.results import Results
from bench.measurements.swaps import benchmark as swaps
from bench.measurements.swaps import report as swap_report
from bench.measurements.swaps.results import SwapResults
from bench.testbed import testbed as stage


@pytest.mark.timeout(400)
def test_the_benchmarks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every load answers without a failure, every swap is seen, and every goal has a figure."""
    if shutil.which("wrk") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("wrk is not installed; .ci/run installs it")
        pytest.skip("wrk is not installed")
    monkeypatch.setattr(stage, "HOME", tmp_path)
    monkeypatch.setattr(stage, "RUN", tmp_path / "run")

    async def both() -> tuple[Results, SwapResults]:
        scale = servers.Scale(rounds=1, seconds=1, connections=(1, servers.REFERENCE))
        async with stage.stage() as place:
            return (
                await servers.run(place, PRODUCT, scale),
                await swaps.run(place, swaps.SwapPlan(phases=1, per_phase=4)),
            )

    seen, swapped = asyncio.run(both())

    assert seen.missing == []
    measured = (*seen.one_row.values(), seen.many_rows, seen.half_load)
    assert all(each.failed == 0 for rounds in measured for each in rounds.medians().values())
    assert len(report.goals(seen)) == 4
    assert "Start and memory" in report.full(seen)
    assert report.short(seen).count("\n") == 3
    assert (swapped.counted, len(swapped.swap_s)) == (4, 4)
    assert [each.failed for each in (*swapped.swapping.figures, *swapped.calm.figures)] == [0, 0]
    assert swapped.swapping.mixed == 0
    assert "while swapping" in swap_report.full(swapped)
