"""The process of the open-loop generator."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from bench.errors import CannotRun
from bench.load.open_loop import OpenLoopResult, Versions, compute_quantiles_ms, run_open_loop
from bench.load.plan import LoadCounts, LoadPlan
from tests.support.fakes.tiny_server import build_answer, tiny_server


def create_plan(port: int, folder: Path, seconds: float) -> LoadPlan:
    body = folder / "body.json"
    body.write_text("{}")
    latencies = folder / "latencies.npy"
    return LoadPlan(port, "/", str(body), per_s=200, seconds=seconds, latencies=str(latencies))


def test_load_ends_with_its_task(tmp_path: Path) -> None:
    """Every answer is in the figures."""

    async def task(_: Versions) -> None:
        await asyncio.sleep(0.2)

    with tiny_server(lambda _: build_answer()) as port:
        result = asyncio.run(run_open_loop(create_plan(port, tmp_path, seconds=60), task))

    figures = result.compute_figures()
    assert figures.seconds < 30
    assert figures.answered == len(result.latencies_s) > 0
    assert figures.failed == 0
    assert 0 < figures.p50_ms <= figures.p99_ms <= figures.p999_ms


def test_load_that_ends_before_its_task_is_an_error(tmp_path: Path) -> None:
    """The task would otherwise wait for ever."""

    async def task(versions: Versions) -> None:
        await versions.get()

    with (
        tiny_server(lambda _: build_answer()) as port,
        pytest.raises(CannotRun, match="ended before"),
    ):
        asyncio.run(run_open_loop(create_plan(port, tmp_path, seconds=0.05), task))


def test_quantiles_are_interpolated() -> None:
    """They are linear between neighbours, in milliseconds, and NaN without latencies."""
    assert compute_quantiles_ms(np.arange(1001) / 1000) == pytest.approx((500, 990, 999))
    assert all(np.isnan(compute_quantiles_ms(np.array([]))))


def test_failures_are_no_answers() -> None:
    """A failed request has no latency."""
    figures = OpenLoopResult(
        LoadCounts(failed=3, seconds=2.0), np.full(100, 0.001)
    ).compute_figures()

    assert (figures.answered, figures.failed, figures.per_s) == (100, 3, 50)
