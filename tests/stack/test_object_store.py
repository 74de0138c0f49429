"""`baton score` and `baton predictions push` with MinIO alone, without the rest of the stack."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
import s3fs

from baton_cli.main import run
from baton_trainer.monitoring.log_reader import LogReader
from tests.support.cli.bulk import add_onnx
from tests.support.cli.datasets import ROWS, score_here, write_dataset
from tests.support.cli.fakes import Registry, serve
from tests.support.fakes.registry import ALIAS
from tests.support.rig.process import wait_until
from tests.support.trainer.prediction_log import MadeLog

IMAGE = "localhost/baton-storage"
KEY = f"key-{uuid.uuid4().hex}"


@pytest.fixture
def store(images: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[s3fs.S3FileSystem]:
    """A running store with an empty bucket, `lake`; the environment has the credentials."""
    name = f"baton-test-store-{uuid.uuid4().hex[:8]}"
    options = ["--rm", "--detach", "--name", name, "--publish", "127.0.0.1::9000"]
    secrets = ["--env", "MINIO_ROOT_USER=baton", "--env", f"MINIO_ROOT_PASSWORD={KEY}"]
    start = ["docker", "run", *options, *secrets, IMAGE, "minio", "server", "/data"]
    subprocess.run(start, check=True, capture_output=True, timeout=60)
    try:
        port = ["docker", "port", name, "9000"]
        done = subprocess.run(port, check=True, capture_output=True, text=True, timeout=30)
        url = f"http://{done.stdout.splitlines()[0]}"
        wait_until(lambda: is_ready(url), 60, "the store is ready")
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "baton")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem.clear_instance_cache()  # those of another test have its port
        files = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
        files.mkdir("lake")
        yield files
    finally:
        subprocess.run(
            ["docker", "rm", "--force", name], capture_output=True, timeout=60, check=False
        )


def is_ready(url: str) -> bool:
    """Whether the store answers."""
    try:
        return httpx.get(f"{url}/minio/health/ready").is_success
    except httpx.HTTPError:
        return False


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Version 3 of a fake registry."""
    registry = Registry()
    add_onnx(registry, "3")
    registry.aliases[ALIAS] = "3"
    with serve(registry) as url:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        yield


def test_dataset_on_an_object_store(
    store: s3fs.S3FileSystem, version: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answers are those of local files; a repeated command scores what is absent."""
    source = write_dataset(tmp_path / "in")
    (source / "000.csv").write_text(pq.read_table(source / "000.parquet").to_pandas().to_csv())
    store.put(f"{source}/", "lake/in/", recursive=True)
    arguments = ["score", "s3://lake/in/*.parquet", "--output", "s3://lake/out", "--workers", "2"]
    assert run(arguments) == 0
    score_here(f"{source}/*.parquet", tmp_path / "here")
    answers = pq.read_table("lake/out", filesystem=store)
    assert answers.equals(pq.read_table(tmp_path / "here"))
    names = [
        f"lake/out/{name}" for name in ("_baton.json", *map("part-0000{}.parquet".format, range(3)))
    ]
    assert sorted(store.find("lake/out")) == names
    store.rm("lake/out/part-00001.parquet")
    capsys.readouterr()
    assert run(arguments) == 0
    text = capsys.readouterr().err
    assert f"{ROWS} rows scored; 3 partitions, 2 of them by an earlier command" in text
    assert pq.read_table("lake/out", filesystem=store).equals(answers)
    assert KEY not in text + store.cat("lake/out/_baton.json").decode()
    assert score_here("s3://lake/in/000.csv", "s3://lake/csv").counts.scored == ROWS


def test_refusals_of_the_store_are_one_line(
    store: s3fs.S3FileSystem,
    version: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An absent bucket, and a wrong key."""
    arguments = ["score", "s3://absent/in", "--output", "s3://lake/out", "--workers", "2"]
    assert run(arguments) == 1
    assert "s3://absent/in" in capsys.readouterr().err.splitlines()[-1]
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    s3fs.S3FileSystem.clear_instance_cache()
    arguments[1] = "s3://lake/in"
    assert run(arguments) == 1
    assert "cannot read s3://lake/in" in capsys.readouterr().err.splitlines()[-1]


def test_prediction_log_moves_to_an_object_store(
    store: s3fs.S3FileSystem, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files arrive whole and leave the folder, where they stay while the store refuses them."""
    made = MadeLog(tmp_path / "log", "churn")
    paths = [made.add_predictions("1", [{"value": 1.0}, {"value": 2.0}]) for _ in range(2)]
    paths.append(made.add_labels([{"request_id": "a", "label": "1"}]))
    contents = {str(path.relative_to(made.folder)): path.read_bytes() for path in paths}
    push = ["predictions", "push", "--from", str(made.folder), "--to"]
    assert run([*push, "s3://absent/log"]) == 1
    assert "cannot write s3://absent/log" in capsys.readouterr().err.splitlines()[-1]
    assert run([*push, "s3://lake/log/", "--keep"]) == 0
    assert "3 files" in capsys.readouterr().out
    assert all(path.exists() for path in paths)
    assert run([*push, "s3://lake/log"]) == 0
    assert "0 files (0.0 MB) copied, 3 were there already" in capsys.readouterr().out
    assert not any(path.exists() for path in paths)
    stored = {name: store.cat_file(f"lake/log/{name}") for name in contents}
    assert stored == contents
    assert len(store.find("lake/log")) == len(contents)
    log = LogReader("s3://lake/log")
    assert sum(each.num_rows for each in log.iter_predictions("churn", "1")) == 4
    assert log.read_labels("churn").num_rows == 1
