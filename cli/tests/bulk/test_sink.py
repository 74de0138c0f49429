"""Outputs of bulk scoring."""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from arro3.core import RecordBatch, Schema

from baton_cli.bulk.sink import (
    Write,
    open_output,
    write_as_csv,
    write_as_parquet,
    write_parquet_file,
)
from baton_cli.errors import CommandFailed

TABLE = pa.table({"a": ["x", 'y,"', None], "b": [1, 2, 3]}).replace_schema_metadata(
    {"model_name": "m"}
)
WRITERS: list[Write] = [write_as_csv, write_as_parquet]


def batches(*rows: int) -> Iterator[RecordBatch]:
    """Yields rows of the table, one in each batch."""
    for row in rows:
        yield RecordBatch.from_arrow(TABLE.slice(row, 1).to_batches()[0])


def schema() -> Schema:
    """The schema of the table."""
    return Schema.from_arrow(TABLE.schema)


def test_csv_has_a_header_and_quoted_cells() -> None:
    """A missing value is an empty cell."""
    file = io.BytesIO()
    write_as_csv(batches(0, 1, 2), schema(), file)
    assert file.getvalue() == b'a,b\nx,1\n"y,""",2\n,3\n'


def test_nested_column_has_no_csv_form() -> None:
    """The error is one line with a hint."""
    nested = pa.table({"a": [[1, 2]]})
    rows = iter([RecordBatch.from_arrow(nested.to_batches()[0])])
    with pytest.raises(CommandFailed, match="--keep") as caught:
        write_as_csv(rows, Schema.from_arrow(nested.schema), io.BytesIO())
    assert "\n" not in str(caught.value)


def test_only_columns_whose_values_repeat_have_a_dictionary() -> None:
    """A dictionary of distinct values would make the file larger; the values are the same."""
    rows = range(5000)
    kinds = (pa.int64(), pa.float32(), pa.string(), pa.large_string())
    others = (pa.int8(), pa.uint64(), pa.float16(), pa.string_view(), pa.date32())
    columns = {f"{kind}.distinct": pa.array(map(str, rows)).cast(kind) for kind in kinds}
    columns |= {
        f"{kind}.repeated": pa.array([1, 2] * 2500, pa.int32()).cast(kind)
        for kind in (*kinds, *others)
    }
    columns |= {"category": columns["string.distinct"].dictionary_encode(), "null": pa.nulls(5000)}
    table, file = pa.table(columns), io.BytesIO()
    parts = [RecordBatch.from_arrow(each) for each in table.to_batches(max_chunksize=1024)]
    write_parquet_file(iter(parts), Schema.from_arrow(table.schema.with_metadata({})), file)
    read = pq.ParquetFile(file)
    group = read.metadata.row_group(0)
    chunks = [group.column(number) for number in range(len(columns))]
    plain = {each.path_in_schema for each in chunks if not each.has_dictionary_page}
    plain.discard("halffloat.repeated")  # a dictionary needs version 2 of Parquet
    assert plain == {f"{kind}.distinct" for kind in kinds}
    assert read.read().equals(table)


def test_parquet_has_types_and_metadata() -> None:
    """The types are the schema's."""
    file = io.BytesIO()
    write_as_parquet(batches(0, 1, 2), schema(), file)
    read = pq.read_table(io.BytesIO(file.getvalue()))
    assert read.to_pydict() == TABLE.to_pydict()
    assert read.schema.metadata[b"model_name"] == b"m"


@pytest.mark.parametrize("write", WRITERS)
def test_output_without_rows_names_the_columns(write: Write) -> None:
    """Both formats are tested."""
    file = io.BytesIO()
    write(batches(), schema(), file)
    if write is write_as_csv:
        assert file.getvalue() == b"a,b\n"
    else:
        assert pq.read_table(io.BytesIO(file.getvalue())).column_names == ["a", "b"]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("failure", [ValueError("bad row"), KeyboardInterrupt()])
def test_failure_is_raised_and_leaves_no_file(
    tmp_path: Path, write: Write, failure: BaseException
) -> None:
    """The original exception is raised."""

    def fail_after_one_batch() -> Iterator[RecordBatch]:
        yield from batches(0)
        raise failure

    def run() -> Any:
        with open_output(tmp_path / "out") as file:
            write(fail_after_one_batch(), schema(), file)

    with pytest.raises(type(failure)):
        run()
    assert not [*tmp_path.iterdir()]


def test_old_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    """The new file has the usual permissions."""
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with open_output(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]
    (tmp_path / "any").touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "any").stat().st_mode)


def test_pipe_is_written_directly(tmp_path: Path) -> None:
    """It is not replaced by a file."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    with open_output(path) as file:
        file.write(b"content")
    reader.join()
    assert read == [b"content"]
    assert path.is_fifo()
