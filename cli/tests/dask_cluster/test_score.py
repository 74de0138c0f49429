"""`baton score` on Dask: one cluster of two worker processes for most tests."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client, Worker

from baton_cli.dask_cluster.clients import open_client
from baton_cli.dask_cluster.options import ClusterOptions
from baton_cli.main import run
from tests.support.cli.bulk import add_onnx
from tests.support.cli.dask_cluster import RunningCluster
from tests.support.cli.datasets import ROWS, read_ids, score_here, write_dataset
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS
from tests.support.rig.process import wait_until

KEY = "wJalrXUtnFEMI"
FILES, FILE_ROWS = 24, 40_000
"""Enough to be stopped in the middle."""


@pytest.fixture
def source(registry: Registry, tmp_path: Path) -> Path:
    """A small dataset, and version 3 to score it with."""
    add_onnx(registry, "3")
    registry.aliases[ALIAS] = "3"
    return write_dataset(tmp_path / "in")


def list_arguments(source: Path, cluster: RunningCluster) -> list[str]:
    """Lists the arguments that score a dataset on the cluster."""
    output = str(source.with_name("out"))
    return ["score", str(source), "--output", output, "--scheduler", cluster.address]


def test_answers_are_those_of_this_process(
    source: Path,
    cluster: RunningCluster,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Progress goes to stderr; no task and no log has the client's credentials."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", KEY)
    with cluster.configure():
        assert run(list_arguments(source, cluster)) == 0
        with Client(cluster.cluster) as client:
            logs = f"{client.get_scheduler_logs()} {client.get_worker_logs()}"
    output = source.with_name("out")
    first, second, *_, last = capsys.readouterr().err.splitlines()
    assert first == f"listing {source}"
    assert second == f"scoring {source} with churn_model version 3"
    assert last == f"{3 * ROWS} rows scored; 3 partitions → {output}"
    assert KEY not in logs
    here = source.with_name("here")
    score_here(source, here)
    assert pq.read_table(output).equals(pq.read_table(here))
    with cluster.configure():
        assert run(list_arguments(source, cluster)) == 0
    assert "all 3 partitions are there" in capsys.readouterr().err


def test_refusal_is_one_line(
    source: Path, cluster: RunningCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the file of a worker's failure; what is written stays."""
    pq.write_table(pa.table({"id": [1, 2], "x": [0.5, None]}), source / "001.parquet")
    with cluster.configure():
        assert run(list_arguments(source, cluster)) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(
        f"baton: {source}/001.parquet: row group 0, row 2, column 'x': is missing"
    )


def test_scheduler_needs_a_certificate(
    source: Path, cluster: RunningCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line without certificates; plain TCP is not answered even with `--insecure`."""
    assert run(list_arguments(source, cluster)) == 1
    assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in capsys.readouterr().err.splitlines()[-1]
    assert not source.with_name("out").exists() or not [*source.with_name("out").glob("part*")]


def start_command(arguments: list[str], cluster: RunningCluster) -> subprocess.Popen[str]:
    """Starts a command, and waits until it has written some partitions."""
    process = subprocess.Popen(
        [sys.executable, "-m", "baton_cli", *arguments],
        env={**os.environ, **cluster.environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    output = Path(arguments[3])
    wait_until(lambda: len([*output.glob("part-*")]) > 1, 60, "partitions are being written")
    return process


def test_nothing_is_lost_or_doubled_if_processes_are_killed(
    source: Path, cluster: RunningCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """A killed worker's tasks run again; after a killed client the command goes on."""
    write_dataset(source, FILES, FILE_ROWS, FILE_ROWS)
    arguments = list_arguments(source, cluster)
    output = source.with_name("out")
    with start_command(arguments, cluster) as client:
        client.kill()
        client.wait(30)
    written = {each: each.stat().st_mtime_ns for each in output.glob("part-*")}
    assert 1 < len(written) < FILES
    pids = cluster.list_pids()
    with start_command(arguments, cluster) as client:
        cluster.kill_worker()
        _, text = client.communicate(timeout=120)
    assert client.returncode == 0, text
    assert cluster.list_pids() != pids
    assert {each: each.stat().st_mtime_ns for each in written} == written
    assert read_ids(output) == [*range(FILES * FILE_ROWS)]
    assert "of them by an earlier command" in text
    assert len([*output.iterdir()]) == FILES + 1


def list_listening() -> set[tuple[str, int]]:
    """The addresses and ports on which this process and its descendants listen."""
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return {
        (each.laddr.ip, each.laddr.port)
        for process in processes
        for each in process.net_connections()
        if each.status == psutil.CONN_LISTEN
    }


def test_workers_of_this_machine_are_reachable_from_it_alone() -> None:
    """They listen on the loopback device, every connection has TLS, and they ignore Ctrl-C."""
    others = list_listening()  # servers that other tests of this process still use
    with open_client(ClusterOptions(workers=2)) as client:
        pids = [*client.run(os.getpid).values()]
        for pid in pids:
            os.kill(pid, signal.SIGINT)
        assert [*client.run(os.getpid).values()] == pids
        addresses = [client.scheduler.address, *client.scheduler_info()["workers"]]
        listening = list_listening() - others
    assert len(addresses) == 3
    assert all(each.startswith("tls://127.0.0.1:") for each in addresses)
    assert {ip for ip, _ in listening} == {"127.0.0.1"}


def test_dask_seldom_wakes_the_processes_of_this_machine() -> None:
    """The timers of Dask take no time from the scoring, which uses all processors."""

    def count(dask_worker: Worker) -> float:
        """Counts the calls in a second; defined here, because the worker has no `tests`."""
        timers = dask_worker.periodic_callbacks.values()
        return float(sum(1000 / each.callback_time for each in timers))

    with open_client(ClusterOptions(workers=1)) as client:
        [calls] = client.run(count).values()
    assert calls < 10
