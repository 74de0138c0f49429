"""Closed-loop load over gRPC: each of N connections sends its next call after its answer.

ghz (https://ghz.sh) generates the load. Its client of Go costs about as much processor time as the
server, so on two cores rates are lower than with wrk; processor time of the server is comparable.
"""

import asyncio
import json
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np

from bench.errors import CannotRun
from bench.load.figures import Figures

METHOD = "inference.GRPCInferenceService.ModelInfer"


def require_ghz() -> None:
    """Raises `CannotRun` if ghz is not installed."""
    if shutil.which("ghz") is None:
        raise CannotRun(
            "ghz is not installed; run: go install github.com/bojand/ghz/cmd/ghz@v0.120.0"
        )


async def run_ghz(port: int, message: Path, *, connections: int, seconds: float) -> Figures:
    """Runs a load and returns its figures.

    Args:
        port: on 127.0.0.1.
        message: a file with a serialized `ModelInferRequest`.
        connections: each has one call at a time.
        seconds: length of the load.

    Raises:
        CannotRun: ghz failed.
    """
    process = await asyncio.create_subprocess_exec(
        *("ghz", "--insecure", "--call", METHOD, "--binary-file", str(message)),
        *("--connections", str(connections), "--concurrency", str(connections)),
        *("--duration", f"{seconds:g}s", "--duration-stop", "wait", "--format", "json"),
        f"127.0.0.1:{port}",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches only this process, which ends ghz
    )
    try:
        out, _ = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        raise CannotRun(f"ghz failed: {out.decode(errors='replace').strip().splitlines()[-1:]}")
    return parse_figures(out)


def parse_figures(report: bytes) -> Figures:
    """Parses ghz's report. Times are nanoseconds there."""
    document = json.loads(report)
    calls = document["details"]
    latencies = np.array([each["latency"] for each in calls if each["status"] == "OK"])
    p50, p99, p999 = (
        np.quantile(latencies, [0.5, 0.99, 0.999]) / 1e6 if latencies.size else [0.0] * 3
    )
    return Figures(
        answered=latencies.size,
        failed=len(calls) - latencies.size,
        seconds=document["total"] / 1e9,
        p50_ms=float(p50),
        p99_ms=float(p99),
        p999_ms=float(p999),
    )
