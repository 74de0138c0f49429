"""The generator's process."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from bench.errors import CannotRun
from bench.load.open_loop import OpenLoop, Versions, open_loop, quantiles_ms
from bench.load.order import Order, Seen
from tests.support.fakes.tiny_server import answer, tiny_server


def order(port: int, folder: Path, seconds: float) -> Order:
    body = folder / "body.json"
    body.write_text("{}")
    latencies = folder / "latencies.npy"
    return Order(port, "/", str(body), per_s=200, seconds=seconds, latencies=str(latencies))


def test_a_load_lasts_as_long_as_what_is_done_meanwhile(tmp_path: Path) -> None:
    """The load ends with it, and every answer is in the figures."""

    async def during(_: Versions) -> None:
        await asyncio.sleep(0.2)

    with tiny_server(lambda _: answer()) as port:
        seen = asyncio.run(open_loop(order(port, tmp_path, seconds=60), during))

    figures = seen.figures()
    assert figures.seconds < 30
    assert figures.answered == len(seen.latencies_s) > 0
    assert figures.failed == 0
    assert 0 < figures.p50_ms <= figures.p99_ms <= figures.p999_ms


def test_a_load_that_ends_early_is_told(tmp_path: Path) -> None:
    """What waits for the answers of a generator that is gone would wait for ever."""

    async def during(versions: Versions) -> None:
        await versions.get()

    with (
        tiny_server(lambda _: answer()) as port,
        pytest.raises(CannotRun, match="ended before"),
    ):
        asyncio.run(open_loop(order(port, tmp_path, seconds=0.05), during))


def test_quantiles_are_of_all_latencies() -> None:
    """Linear between the two nearest, in milliseconds; none of nothing."""
    assert quantiles_ms(np.arange(1001) / 1000) == pytest.approx((500, 990, 999))
    assert all(np.isnan(quantiles_ms(np.array([]))))


def test_failures_and_answers_are_counted_apart() -> None:
    """A failed request has no latency."""
    figures = OpenLoop(Seen(failed=3, seconds=2.0), np.full(100, 0.001)).figures()

    assert (figures.answered, figures.failed, figures.per_s) == (100, 3, 50)
