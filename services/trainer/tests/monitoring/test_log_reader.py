"""The reader of the prediction log, on files that arro3 writes, as inference does."""

import itertools
import logging
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_common.prediction_log import build_labels_folder, build_predictions_folder
from baton_trainer.errors import DataError
from baton_trainer.monitoring.log_files import LogFiles
from baton_trainer.monitoring.log_reader import (
    LABEL_FIELDS,
    PREDICTION_FIELDS,
    LogReader,
)
from tests.support.trainer.prediction_log import NOON, MadeLog

MODEL = "churn model"


@pytest.fixture
def log(tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path, MODEL)


def read(reader: LogReader, version: str, **choices: Any) -> pa.Table:
    """Reads the predictions of a version as one table."""
    tables = [*reader.iter_predictions(MODEL, version, **choices)]
    return pa.concat_tables(tables, promote_options="permissive")


def test_versions_are_in_the_order_of_their_numbers(log: MadeLog, tmp_path: Path) -> None:
    """Folders of other models, and files beside them, are none."""
    for version in ("10", "9", "2"):
        log.add_predictions(version, [{"value": 1.0}])
    MadeLog(tmp_path, "other").add_predictions("1", [{"value": 1.0}])
    (tmp_path / "notes.txt").touch()
    assert LogReader(tmp_path).list_versions(MODEL) == ["2", "9", "10"]


def test_rows_of_all_days_and_processes_are_read(log: MadeLog, tmp_path: Path) -> None:
    """All columns come back with their types; a column that a file lacks is null in its rows."""
    log.add_predictions("1", [{"value": 1.0, "f_tenure": 3}], process="a")
    log.add_predictions("1", [{"value": 2.0}], process="b")
    log.add_predictions("1", [{"value": 3.0}], at=NOON + timedelta(days=1))
    table = read(LogReader(str(tmp_path)), "1")
    assert sorted(table["value"].to_pylist()) == [1.0, 2.0, 3.0]
    assert sorted(table["f_tenure"].to_pylist(), key=str) == [3, None, None]
    assert {*PREDICTION_FIELDS.names, "value", "f_tenure"} == {*table.column_names}
    assert table.schema.field("time").type == pa.timestamp("us", tz="UTC")
    assert set(table["time"].to_pylist()) == {NOON, NOON + timedelta(days=1)}


def test_span_and_columns_bound_what_is_read(log: MadeLog, tmp_path: Path) -> None:
    """`since` is in the span, `until` is not. Files of other days are not opened."""
    for hours in range(5):
        log.add_predictions("1", [{"value": float(hours)}], at=NOON + timedelta(hours=hours))
    for day in (NOON - timedelta(days=1), NOON + timedelta(days=1)):
        folder = tmp_path / build_predictions_folder(MODEL, "1", day.date())
        folder.mkdir(parents=True)
        (folder / "a-1.parquet").write_bytes(b"opening it is a warning")
    warnings: list[str] = []
    table = read(
        LogReader(tmp_path, warnings.append),
        "1",
        since=NOON + timedelta(hours=1),
        until=NOON + timedelta(hours=3),
        columns=["value", "time", "f_unknown"],
    )
    assert sorted(table["value"].to_pylist()) == [1.0, 2.0]
    assert sorted(table.column_names) == ["time", "value"]
    assert warnings == []


def test_log_without_rows_or_labels_is_empty(log: MadeLog, tmp_path: Path) -> None:
    """The table of labels has its columns all the same."""
    log.add_predictions("1", [{"value": 1.0}])
    reader = LogReader(tmp_path)
    assert [*reader.iter_predictions(MODEL, "7")] == []
    assert reader.read_labels(MODEL).schema == LABEL_FIELDS
    assert reader.list_versions("unknown") == []


def test_labels_are_read_since_their_arrival(log: MadeLog, tmp_path: Path) -> None:
    log.add_labels([{"request_id": "a", "label": "Yes"}])
    log.add_labels([{"request_id": "b", "label": "No"}], at=NOON + timedelta(days=2))
    reader = LogReader(tmp_path)
    assert sorted(reader.read_labels(MODEL)["request_id"].to_pylist()) == ["a", "b"]
    labels = reader.read_labels(MODEL, since=NOON + timedelta(days=1))
    assert labels.select(["request_id", "label", "source"]).to_pylist() == [
        {"request_id": "b", "label": "No", "source": "file"}
    ]


def test_labels_that_are_merged_during_the_read_are_read(
    log: MadeLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inference removes the small files after they were listed; here twice."""
    small = log.add_labels([{"request_id": "a", "label": "1"}])
    log.add_labels([{"request_id": "b", "label": "2"}])
    list_closed = LogFiles.list_closed
    moves = iter([(small, "merged"), (small.with_name("merged.parquet"), "again")])

    def list_then_merge(files: LogFiles, folder: PurePosixPath) -> list[PurePosixPath]:
        found = list_closed(files, folder)
        for path, name in itertools.islice(moves, 1):
            path.rename(path.with_name(f"{name}.parquet"))
        return found

    monkeypatch.setattr(LogFiles, "list_closed", list_then_merge)
    warnings: list[str] = []
    labels = LogReader(tmp_path, warnings.append).read_labels(MODEL)
    assert sorted(labels["request_id"].to_pylist()) == ["a", "b"]
    assert warnings == []


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def damage_by_zeros(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:200] = bytes(196)
    path.write_bytes(content)


def damage_by_emptying(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [damage_by_cutting, damage_by_zeros, damage_by_emptying])
def test_damaged_file_is_one_warning_and_is_skipped(
    damage: Any, log: MadeLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning names the file, and is one line."""
    log.add_predictions("1", [{"value": 1.0}])
    damaged = log.add_predictions("1", [{"value": 2.0}] * 100)
    damage(damaged)
    with caplog.at_level(logging.WARNING):
        reader = LogReader(tmp_path)
        for _ in range(2):
            assert read(reader, "1")["value"].to_pylist() == [1.0]
    [record] = caplog.records
    assert damaged.name in record.getMessage()
    assert "\n" not in record.getMessage()


def test_file_of_other_columns_is_skipped(log: MadeLog, tmp_path: Path) -> None:
    """Without the fixed columns, or with other types than the files before."""
    log.add_predictions("1", [{"value": 1.0}], process="a")
    log.add_predictions("1", [{"value": "text"}], process="b")
    stranger = tmp_path / build_predictions_folder(MODEL, "1", NOON.date()) / "c-1.parquet"
    pq.write_table(pa.table({"x": [1]}), stranger)
    warnings: list[str] = []
    table = read(LogReader(tmp_path, warnings.append), "1")
    assert table["value"].to_pylist() == [1.0]
    assert ["no column time" in each for each in warnings] == [False, True]


def test_open_files_are_not_read(log: MadeLog, tmp_path: Path) -> None:
    """Only names that end with .parquet are those of closed files."""
    closed = log.add_predictions("1", [{"value": 1.0}])
    (closed.parent / "a-2.parquet.part").write_bytes(b"half")
    (tmp_path / build_labels_folder(MODEL, NOON.date())).mkdir(parents=True)
    assert read(LogReader(tmp_path), "1").num_rows == 1


def test_url_of_an_object_store_is_read(log: MadeLog, tmp_path: Path) -> None:
    """By fsspec; here its store in memory."""
    path = log.add_predictions("1", [{"value": 1.0}])
    log.add_labels([{"request_id": "a", "label": "2"}])
    store = fsspec.filesystem("memory")
    store.put(str(tmp_path), "/quality-log", recursive=True)
    try:
        reader = LogReader("memory://quality-log")
        assert reader.list_versions(MODEL) == ["1"]
        assert read(reader, "1")["value"].to_pylist() == [1.0]
        assert reader.read_labels(MODEL)["label"].to_pylist() == ["2"]
    finally:
        store.rm("/quality-log", recursive=True)
    assert path.exists()


@pytest.mark.parametrize(
    ("location", "part"),
    [
        ("s3://user:secret@bucket/log", "a URL with a password"),
        ("/no/such/folder", "no prediction log there"),
        ("memory://nothing-here", "no prediction log there"),
        ("nope://bucket", "cannot be read"),
    ],
)
def test_bad_location_is_one_line(location: str, part: str) -> None:
    with pytest.raises(DataError, match=part) as caught:
        LogReader(location)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
