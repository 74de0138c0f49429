"""`baton feedback`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_cli.main import run
from baton_common.prediction_log import build_predictions_folder, hash_key
from tests.support.cli.fakes import serve

SECRET = "the secret"
NOW = datetime.now(UTC)
BY_ID = ("--id", "request", "--label", "left")
BY_KEY = ("--key", "customer", "--window", "90d", "--label", "left")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The folder of a prediction log."""
    return tmp_path / "log"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three rows, one without a label."""
    path = tmp_path / "in.csv"
    path.write_text("request,customer,left\nr-1,7,yes\nr-2,8,no\nr-3,9,\n")
    return path


def read_labels(log: Path) -> list[tuple[Any, ...]]:
    files = sorted((log / "labels").rglob("*.parquet"))
    rows = [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]
    return [(row["request_id"], row["row"], row["label"], row["source"]) for row in rows]


def write_predictions(log: Path, *rows: tuple[str, str, int, timedelta]) -> None:
    """Writes predictions: routing key, request id, row, age."""
    for number, (key, request_id, row, age) in enumerate(rows):
        time = NOW - age
        folder = log / build_predictions_folder("churn_model", "1", time.date())
        folder.mkdir(parents=True, exist_ok=True)
        table = pa.table(
            {
                "time": pa.array([time], pa.timestamp("us", tz="UTC")),
                "request_id": [request_id],
                "row": pa.array([row], pa.int32()),
                "key": [hash_key(SECRET.encode(), key.encode())],
            }
        )
        pq.write_table(table, folder / f"p-{number}.parquet")


def test_labels_of_request_ids(file: Path, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are in one closed file, and the counts on stdout."""
    assert run(["feedback", str(file), *BY_ID, "--to", str(log)]) == 0
    out, err = capsys.readouterr()
    assert out == f"3 rows: 2 labels, 1 without a label → {log}\n"
    assert err == ""
    assert read_labels(log) == [("r-1", 0, "yes", "file"), ("r-2", 0, "no", "file")]
    assert len([*log.rglob("*.parquet")]) == 1


def test_log_of_the_settings(file: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BATON_PREDICTIONS_DIR is the default, and the model's name is in the path."""
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", str(log))
    monkeypatch.setenv("BATON_MODEL_NAME", "other")
    assert run(["feedback", str(file), *BY_ID]) == 0
    assert [*log.glob("labels/model=other/date=*/*.parquet")]


def test_dry_run_stores_nothing(file: Path, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It counts."""
    assert run(["feedback", str(file), *BY_ID, "--to", str(log), "--dry-run"]) == 0
    assert "2 labels, 1 without a label; a dry run" in capsys.readouterr().out
    assert not log.exists()


def test_later_row_replaces_an_earlier_one(
    file: Path, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two labels for one row of a request the last one is stored."""
    file.write_text("request,left\nr-1,yes\nr-1,no\n")
    assert run(["feedback", str(file), *BY_ID, "--to", str(log)]) == 0
    assert "2 rows: 1 label, 1 replaced by a later row" in capsys.readouterr().out
    assert read_labels(log) == [("r-1", 0, "no", "file")]


def test_bad_row_stores_nothing(file: Path, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with its place."""
    file.write_text("request,left\nr-1,yes\nr 2,no\n")
    assert run(["feedback", str(file), *BY_ID, "--to", str(log)]) == 1
    assert capsys.readouterr().err == (
        f"baton: {file}: line 3, column 'request': must be the X-Request-ID of an answer; "
        "correct the row\n"
    )
    assert not log.exists()


def test_labels_of_routing_keys(
    file: Path, log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is about the last prediction of its key within the window; the others are counted."""
    monkeypatch.setenv("BATON_PREDICTIONS_KEY", SECRET)
    file.write_text("customer,left\n7,yes\n8,no\n9,no\n10,no\n11,\n")
    write_predictions(
        log,
        ("7", "old", 0, timedelta(days=2)),
        ("7", "new", 0, timedelta(days=1)),
        ("8", "too-old", 0, timedelta(days=91)),
        ("9", "batch", 0, timedelta(days=1)),
        ("9", "batch", 1, timedelta(days=1)),
    )
    assert run(["feedback", str(file), *BY_KEY, "--to", str(log)]) == 0
    assert capsys.readouterr().out == (
        f"5 rows: 1 label, 1 without a label, 2 without a prediction, 1 ambiguous → {log}\n"
    )
    assert read_labels(log) == [("new", 0, "yes", "file")]


def test_time_of_the_label_decides_the_prediction(
    file: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prediction after the label is not meant; the log may be elsewhere."""
    monkeypatch.setenv("BATON_PREDICTIONS_KEY", SECRET)
    other = log.with_name("copy")
    write_predictions(
        other, ("7", "first", 0, timedelta(days=3)), ("7", "second", 0, timedelta(days=1))
    )
    at = (NOW - timedelta(days=2)).isoformat()
    file.write_text(f"customer,left,at\n7,yes,{at}\n")
    options = ("--at", "at", "--to", str(log), "--from", str(other))
    assert run(["feedback", str(file), *BY_KEY, *options]) == 0
    assert read_labels(log) == [("first", 0, "yes", "file")]


def test_labels_are_sent_to_inference(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the key of the file."""
    requests: list[httpx.Request] = []

    class Fake(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return httpx.Response(202, json={"accepted": 2})

    with serve(Fake()) as url:
        assert run(["feedback", str(file), *BY_ID, "--url", url]) == 0
    assert capsys.readouterr().out == f"3 rows: 2 labels, 1 without a label → {url}\n"
    [request] = requests
    assert request.content == (
        b'{"feedback":[{"request_id":"r-1","row":0,"label":"yes"},'
        b'{"request_id":"r-2","row":0,"label":"no"}]}'
    )
    assert run(["feedback", str(file), *BY_ID, "--url", url, "--api-key-file", "none"]) == 1
    assert "cannot read none: No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--label", "left"], "either --id COLUMN or --key COLUMN"),
        ([*BY_ID, "--key", "customer"], "either --id COLUMN or --key COLUMN"),
        ([*BY_ID, "--window", "9d"], "--key COLUMN and --window TIME"),
        (["--key", "customer", "--label", "left"], "--key COLUMN and --window TIME"),
        ([*BY_KEY, "--row", "n"], "--row needs --id"),
        ([*BY_ID, "--to", "x", "--url", "http://h"], "either --to DIR or --url URL"),
        ([*BY_ID, "--to", "x", "--api-key-file", "k"], "--api-key-file needs --url"),
        ([*BY_ID], "or set BATON_PREDICTIONS_DIR"),
        ([*BY_KEY, "--url", "http://h"], "--key needs the prediction log"),
        ([*BY_KEY, "--to", "x", "--from", "s3://a:b@c/d"], "must not have a password"),
    ],
)
def test_usage_errors(
    file: Path,
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Options that contradict each other."""
    monkeypatch.setenv("BATON_PREDICTIONS_KEY", SECRET)
    assert run(["feedback", str(file), *options]) == 2
    assert message in capsys.readouterr().err


def test_keys_need_the_secret(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that names the variable, and no empty secret."""
    assert run(["feedback", str(file), *BY_KEY, "--to", "x"]) == 1
    assert "BATON_PREDICTIONS_KEY" in capsys.readouterr().err


def test_full_disk_stores_nothing(
    file: Path,
    log: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line; no file is left."""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    assert run(["feedback", str(file), *BY_ID, "--to", str(log)]) == 1
    line = f"baton: cannot write {log}: No space left on device; nothing was stored\n"
    assert capsys.readouterr().err == line
    assert not [path for path in log.rglob("*") if path.is_file()]
