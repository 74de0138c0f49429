"""Closed-loop load: each of N connections sends its next request when it has its answer.

Driven by wrk (https://github.com/wg/wrk): one thread of C, so that on two cores the server is
the one that is short of processor time. wrk completes its latencies with the requests that a
stalled connection did not send (its `stats_correct`).
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
"""How long one answer may take before it counts as failed."""


def require_wrk() -> None:
    """Raises `CannotRun` where wrk is not installed."""
    if shutil.which("wrk") is None:
        raise CannotRun("wrk is not installed; sudo apt install wrk")


async def closed_loop(request: Request, *, connections: int, seconds: float) -> Figures:
    """Loads the URL and gives what was seen.

    Raises:
        CannotRun: wrk failed.
    """
    # wrk takes whole seconds only.
    process = await asyncio.create_subprocess_exec(
        *("wrk", "--threads", "1", "--connections", str(connections)),
        *("--duration", f"{max(1, round(seconds))}s", "--timeout", f"{TIMEOUT_S}s"),
        *("--script", str(SCRIPT), request.url, "--", str(request.body)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches us alone, and we end it
    )
    try:
        out, _ = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    text = out.decode(errors="replace").strip()
    if process.returncode:
        raise CannotRun(f"wrk failed at {request.url}: {text.splitlines()[-1:]}")
    return _figures(text.splitlines()[-1])


def _figures(line: str) -> Figures:
    """What the last line of wrk.lua says."""
    seen: dict[str, int] = json.loads(line)
    failed = seen["refused"] + seen["broken"] + seen["timed_out"]
    return Figures(
        answered=seen["requests"] - seen["refused"],
        failed=failed,
        seconds=seen["duration_us"] / 1e6,
        p50_ms=seen["p50_us"] / 1e3,
        p99_ms=seen["p99_us"] / 1e3,
        p999_ms=seen["p999_us"] / 1e3,
    )
