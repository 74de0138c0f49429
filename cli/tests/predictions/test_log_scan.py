"""The keys of the prediction log."""

from datetime import UTC, date, datetime
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from baton_cli.errors import CommandFailed
from baton_cli.predictions.closed_files import read_file
from baton_cli.predictions.log_scan import scan_predictions
from baton_cli.predictions.matching import Prediction
from baton_cli.storage_location import StorageLocation
from baton_common.prediction_log import build_predictions_folder

DAY = date(2026, 11, 29)
TIME = datetime(2026, 11, 29, 12, tzinfo=UTC)
TIME_US = int(TIME.timestamp()) * 1_000_000
ALWAYS = (0, 2 * TIME_US)


def write(root: Path, name: str = "a-1.parquet", *, model: str = "m/1", day: date = DAY) -> Path:
    """Writes two rows, one of them without a key, with other columns as inference writes them."""
    folder = root / build_predictions_folder(model, "3", day)
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "time": pa.array([TIME, TIME], pa.timestamp("us", tz="UTC")),
            "request_id": [name, name],
            "row": pa.array([0, 1], pa.int32()),
            "key": ["hash", None],
            "label": ["yes", "no"],
            "f_x": [0.5, None],
        }
    )
    pq.write_table(table, folder / name, compression="zstd")
    return folder / name


def scan(root: Path, span_us: tuple[int, int] = ALWAYS) -> tuple[list[Prediction], list[str]]:
    warnings: list[str] = []
    batches = scan_predictions(StorageLocation(str(root)), "m/1", span_us, warnings.append)
    return [each for batch in batches for each in batch], warnings


def test_rows_with_a_key(tmp_path: Path) -> None:
    """Of this model, in closed files; inference keeps rows without a key, too."""
    write(tmp_path)
    write(tmp_path, model="other")
    write(tmp_path, "b-1.parquet.part")
    (tmp_path / "labels").mkdir()
    assert scan(tmp_path) == ([Prediction("hash", TIME_US, "a-1.parquet", 0)], [])


def test_rows_that_name_no_prediction_are_left_out(tmp_path: Path) -> None:
    """Another program wrote them; a label is about none of them."""
    path = write(tmp_path)
    table = pq.ParquetFile(path).read()
    for name in ("time", "request_id", "row"):
        gaps = pa.nulls(2, table.schema.field(name).type)
        number = table.column_names.index(name)
        pq.write_table(table.set_column(number, name, gaps), path.with_name(f"{name}.parquet"))
    assert scan(tmp_path) == ([Prediction("hash", TIME_US, "a-1.parquet", 0)], [])


def test_only_days_that_matter_are_read(tmp_path: Path) -> None:
    """A file of another day is not even opened: the day of a file is that of its rows."""
    write(tmp_path)
    write(tmp_path, "b-1.parquet", day=date(2026, 11, 28)).write_bytes(b"not Parquet")
    assert scan(tmp_path, (TIME_US - 1, TIME_US))[1] == []
    assert len(scan(tmp_path, (TIME_US - 3 * 86_400_000_000, TIME_US))[1]) == 1


def test_damaged_file_is_skipped_with_one_line(tmp_path: Path) -> None:
    """The others are read."""
    good = write(tmp_path)
    damaged = good.with_name("b-1.parquet")
    damaged.write_bytes(good.read_bytes()[:-100])
    rows, [warning] = scan(tmp_path)
    assert len(rows) == 1
    assert warning.startswith(f"skipped {damaged}: ")
    assert "\n" not in warning


@pytest.mark.parametrize("is_local", [True, False], ids=["folder", "store"])
def test_file_that_is_removed_after_it_was_listed_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_local: bool
) -> None:
    """It was too old, moved away or merged into another one. Its rows do not count."""
    write(tmp_path)
    gone = write(tmp_path, "b-1.parquet")
    gone.unlink()
    location = StorageLocation(str(gone))
    if not is_local:
        location = StorageLocation("s3://bucket/b-1.parquet")
        store = MemoryFileSystem()
        monkeypatch.setattr(fsspec.core, "url_to_fs", lambda *_, **__: (store, "/bucket/none"))
    warnings: list[str] = []
    assert [*read_file(location, lambda batch: batch.num_rows, warnings.append)] == []
    assert warnings == []


def test_missing_folder(tmp_path: Path) -> None:
    """One line that names the option."""
    with pytest.raises(CommandFailed, match=r"there is no folder .*--from DIR"):
        scan(tmp_path / "none")
