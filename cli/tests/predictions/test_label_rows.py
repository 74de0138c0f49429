"""Labels of a file."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.errors import CommandFailed
from baton_cli.predictions.label_rows import LabelColumns, LabelRow, LabelRows, read_label_rows

NOW_US = int(datetime(2026, 11, 30, tzinfo=UTC).timestamp()) * 1_000_000
BY_ID = LabelColumns("id", "label", "row", "at")
AT_US = int(datetime(2026, 11, 1, 9, tzinfo=UTC).timestamp()) * 1_000_000


def read(path: Path, columns: LabelColumns = BY_ID) -> LabelRows:
    return read_label_rows(path, columns, CsvFormat(), NOW_US)


def write_csv(folder: Path, *lines: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(["id,row,label,at", *lines]) + "\n")
    return path


def test_rows_of_a_csv_file(tmp_path: Path) -> None:
    """Rows without a label are counted; the time and its cell are optional."""
    path = write_csv(
        tmp_path, "a-1,0,yes,2026-11-01T10:00:00+01:00", "a-1,3, no ,", "b,0,,", "c,0,NA,"
    )
    expected = LabelRows(
        [LabelRow("line 2", "a-1", 0, "yes", AT_US), LabelRow("line 3", "a-1", 3, "no", None)], 2
    )
    assert read(path) == expected
    packed = tmp_path / "labels.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed) == expected
    short = read(path, LabelColumns("id", "label"))
    assert [(row.row, row.at_us) for row in short.labelled] == [(0, None), (0, None)]


def test_rows_of_a_parquet_file(tmp_path: Path) -> None:
    """Numbers, booleans and times are read as in training: 1.0 is `1`, true is `True`."""
    path = tmp_path / "labels.parquet"
    at = datetime(2026, 11, 1, 9)  # noqa: DTZ001 - without an offset it is UTC
    table = pa.table(
        {
            "id": ["a", "b", "c"],
            "row": pa.array([0, 1, 2], pa.int64()),
            "label": pa.array([1.0, 2.5, None]),
            "at": pa.array([at, None, None], pa.timestamp("us")),
        }
    )
    pq.write_table(table, path)
    assert read(path) == LabelRows(
        [LabelRow("row 1", "a", 0, "1", AT_US), LabelRow("row 2", "b", 1, "2.5", None)], 1
    )
    pq.write_table(pa.table({"id": ["a"], "label": [True]}), path)
    assert read(path, LabelColumns("id", "label")).labelled[0].text == "True"
    pq.write_table(pa.table({"id": [1067], "label": [12]}), path)
    assert read(path, LabelColumns("id", "label", is_key=True)).labelled[0][1:4] == (
        "1067",
        0,
        "12",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",0,yes,", "line 3, column 'id': is missing; correct the row"),
        ("a b,0,yes,", "line 3, column 'id': must be the X-Request-ID"),
        ("a,-1,yes,", "line 3, column 'row': must be the number"),
        ("a,1.5,yes,", "line 3, column 'row': must be the number"),
        ("a,2147483648,yes,", "line 3, column 'row': must be the number"),
        ("a,,yes,", "line 3, column 'row': is missing"),
        (f"a,0,{'x' * 257},", "line 3, column 'label': has more than 256"),
        ("a,0,yes,soon", "line 3, column 'at': must be a date and time"),
        ("a,0,yes,2026-11-30T00:06:00", "line 3, column 'at': is in the future"),
        ("a,0,yes", "line 3 "),
    ],
)
def test_invalid_row_is_named(tmp_path: Path, line: str, message: str) -> None:
    """One line with the file and the place."""
    path = write_csv(tmp_path, "a,0,yes,", line, ",,,")
    with pytest.raises(CommandFailed) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}: {message}")
    assert "\n" not in caught.value.message


def test_key_is_as_long_as_a_header_may_be(tmp_path: Path) -> None:
    """Any text of 256 bytes."""
    columns = LabelColumns("id", "label", is_key=True)
    key = "é" * 128
    assert read(write_csv(tmp_path, f"{key},0,yes,"), columns).labelled[0].identity == key
    with pytest.raises(CommandFailed, match="more than 256 bytes"):
        read(write_csv(tmp_path, f"{key}é,0,yes,"), columns)


def test_missing_column_is_named_with_those_of_the_file(tmp_path: Path) -> None:
    """A typing mistake is easy to find."""
    path = write_csv(tmp_path, "a,0,yes,")
    with pytest.raises(CommandFailed, match="no column 'lable'; it has id, row, label, at"):
        read(path, LabelColumns("id", "lable"))


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """One line."""
    with pytest.raises(CommandFailed, match=r"cannot read .*: No such file"):
        read(tmp_path / "none.csv")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(CommandFailed, match="not a readable Parquet file"):
        read(tmp_path / "broken.parquet")
