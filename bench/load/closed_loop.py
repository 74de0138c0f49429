"""Closed-loop load: each of N connections sends its next request after its answer.

wrk (https://github.com/wg/wrk) generates the load in one thread of C, so the server is the
bottleneck on two cores. wrk adds the latencies of requests that a stalled connection did not send
(its `stats_correct`).

With pauses it is the load of many callers who do not wait for each other. The generator of the open
loop is Python: at such a rate it would need a whole core.
"""

import asyncio
import json
import shutil
from contextlib import suppress
from pathlib import Path

from bench.errors import CannotRun
from bench.load.figures import Figures
from bench.load.request import Request

SCRIPT = Path(__file__).with_name("wrk.lua")
TIMEOUT_S = 30
"""Time limit of an answer; a slower one counts as failed."""


def require_wrk() -> None:
    """Raises `CannotRun` if wrk is not installed."""
    if shutil.which("wrk") is None:
        raise CannotRun("wrk is not installed; run: sudo apt install wrk")


async def run_closed_loop(
    request: Request, *, connections: int, seconds: float, pause_ms: float = 0.0
) -> Figures:
    """Runs a load and returns its figures.

    Args:
        request: the request that is sent again and again.
        connections: how many send at the same time.
        seconds: the length of the load.
        pause_ms: the mean pause before each request of a connection, milliseconds; the pauses are
            exponentially distributed.

    Raises:
        CannotRun: wrk failed.
    """
    # wrk accepts whole seconds only.
    process = await asyncio.create_subprocess_exec(
        *("wrk", "--threads", "1", "--connections", str(connections)),
        *("--duration", f"{max(1, round(seconds))}s", "--timeout", f"{TIMEOUT_S}s"),
        *("--script", str(SCRIPT), request.url, "--", str(request.body), str(pause_ms)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches only this process, which ends wrk
    )
    try:
        out, _ = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    text = out.decode(errors="replace").strip()
    if process.returncode:
        raise CannotRun(f"wrk failed at {request.url}: {text.splitlines()[-1:]}")
    return _parse_figures(text.splitlines()[-1])


def _parse_figures(line: str) -> Figures:
    """Parses the last line of wrk.lua."""
    document: dict[str, int] = json.loads(line)
    failed = document["refused"] + document["broken"] + document["timed_out"]
    return Figures(
        answered=document["requests"] - document["refused"],
        failed=failed,
        seconds=document["duration_us"] / 1e6,
        p50_ms=document["p50_us"] / 1e3,
        p99_ms=document["p99_us"] / 1e3,
        p999_ms=document["p999_us"] / 1e3,
    )
