"""Label files."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_common.prediction_log import build_labels_folder
from baton_engine.labels.label import Label
from baton_engine.labels.label_file import LabelWriter

DAY_US = 86_400_000_000
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000
FIRST = Label(NOON_US, "a-1", 0, "yes", None, "api", "crm")
SECOND = Label(NOON_US + 1, "a-1", 3, "12.5", NOON_US - DAY_US, "file")


def test_file_has_the_columns_of_the_layout(tmp_path: Path) -> None:
    """Names, types and values are those of `baton_common.prediction_log`."""
    [written] = LabelWriter(tmp_path / "log", "churn model").write([FIRST, SECOND])
    [file] = (tmp_path / "log").rglob("*.parquet")
    assert file.parent == tmp_path / "log/labels/model=churn model/date=2026-11-29"
    assert written == (file, file.stat().st_size, [FIRST, SECOND])
    table = pq.ParquetFile(file).read()
    time = pa.timestamp("us", tz="UTC")
    assert {field.name: field.type for field in table.schema} == {
        "received_at": time,
        "request_id": pa.string(),
        "row": pa.int32(),
        "label": pa.string(),
        "at": time,
        "source": pa.string(),
        "api_key": pa.string(),
    }
    assert [*map(tuple, map(dict.values, table.to_pylist()))] == [
        (NOON, "a-1", 0, "yes", None, "api", "crm"),
        (
            NOON.replace(microsecond=1), "a-1", 3, "12.5",
            NOON.replace(day=28), "file", None,
        ),
    ]  # fmt: skip


def test_other_tools_read_it(tmp_path: Path) -> None:
    """DuckDB and pandas find the partitions, too."""
    LabelWriter(tmp_path, "m").write([FIRST, SECOND])
    found = duckdb.sql(
        f"SELECT model, date::DATE, count(*), max(label) FROM read_parquet("
        f"'{tmp_path}/labels/**/*.parquet', hive_partitioning = true) GROUP BY ALL"
    ).fetchall()
    assert found == [("m", date(2026, 11, 29), 2, "yes")]
    assert pd.read_parquet(tmp_path / "labels")["label"].tolist() == ["yes", "12.5"]


def test_day_of_arrival_decides_the_folder(tmp_path: Path) -> None:
    """Around midnight there are two files, and each has a name of its own."""
    writer = LabelWriter(tmp_path, "m")
    writer.write([FIRST, FIRST._replace(received_us=NOON_US + DAY_US)])
    writer.write([FIRST])
    LabelWriter(tmp_path, "m").write([FIRST])
    days = [NOON.date(), date(2026, 11, 30)]
    counts = [len([*(tmp_path / build_labels_folder("m", day)).iterdir()]) for day in days]
    assert counts == [3, 1]


def test_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be synced is not there."""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    writer = LabelWriter(tmp_path, "m")
    writer.write([FIRST])
    before = {*tmp_path.rglob("*")}
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        writer.write([FIRST])
    assert {*tmp_path.rglob("*")} == before
