"""The benchmark of the prediction log's cost.

Three inference processes run all the time; only one is under load. They differ in their log: none,
one with the default rate, and one that takes every row. After the loads each process is stopped,
and the rows in its files are compared with the rows that it answered.
"""

import re
from pathlib import Path

import httpx
import pyarrow.parquet as pq

from baton_cli.processes.ready import create_local_client
from bench.errors import CannotRun
from bench.load.closed_loop import require_wrk
from bench.load.rounds import Scale
from bench.measurements.alternating.loads import AlternatingLoads, run_servers
from bench.measurements.predictions.results import LoggedRows, PredictionResults
from bench.testbed.server import Server
from bench.testbed.testbed import Testbed

OFF, DEFAULT, EVERY = "no log", "100 rows/s", "every row"
RATES = {OFF: "", DEFAULT: "100", EVERY: "100000"}
"""Each process and the most rows per second in its log."""
ROWS = 50_000
"""Different rows: equal ones would compress better than real ones."""
LEAD_S = 1
"""While the other processes are under load, a log saves tokens for a burst: they are used first."""
OUT_OF_SAMPLE = re.compile(
    r'^baton_predictions_dropped_rows_total\{cause="(?:sampled|rate)"\} (\S+)$', re.MULTILINE
)
ANSWERED = re.compile(r"^baton_rows_total\{.*\} (\S+)$", re.MULTILINE)


async def run(testbed: Testbed, scale: Scale) -> PredictionResults:
    """Runs the benchmark.

    Raises:
        CannotRun: wrk is not installed, or a process does not answer.
    """
    require_wrk()
    body = testbed.bodies.write_instances(ROWS)
    folders = {name: testbed.home.path / "predictions" / str(at) for at, name in enumerate(RATES)}
    servers = {name: _create_server(testbed, name, folders[name]) for name in RATES}
    results = PredictionResults()
    async with run_servers(servers, testbed.bodies.one_instance):
        await AlternatingLoads(servers, OFF, body, scale, lead_s=LEAD_S).measure(results)
        for name in (DEFAULT, EVERY):
            metrics = await _read_metrics(servers[name])
            await servers[name].stop()
            results.rows[name] = count_rows(metrics, folders[name])
    return results


def _create_server(testbed: Testbed, name: str, folder: Path) -> Server:
    rate = RATES[name]
    variables = {"BATON_PREDICTIONS_DIR": str(folder), "BATON_PREDICTIONS_ROWS_S": rate}
    return testbed.create_inference(f"Baton, {name}", **(variables if rate else {}))


async def _read_metrics(server: Server) -> str:
    try:
        async with create_local_client() as client:
            answer = await client.get(f"http://127.0.0.1:{server.port}/metrics")
            return answer.raise_for_status().text
    except httpx.HTTPError as error:
        raise CannotRun(f"{server.name} has no metrics: {error}") from error


def count_rows(metrics: str, folder: Path) -> LoggedRows:
    """Compares the metrics of a process before its end with its files after it."""
    files = [*folder.glob("model=*/version=*/date=*/*.parquet")]
    return LoggedRows(
        answered=round(sum(map(float, ANSWERED.findall(metrics)))),
        sampled=round(sum(map(float, OUT_OF_SAMPLE.findall(metrics)))),
        in_files=sum(pq.read_metadata(file).num_rows for file in files),
        files=len(files),
        size=sum(file.stat().st_size for file in files),
    )
