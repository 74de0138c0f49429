"""Where scored rows go."""

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

from baton_cli.bulk.sink import Write, open_output, write_as_csv, write_as_parquet
from baton_cli.errors import CommandFailed

TABLE = pa.table({"a": ["x", 'y,"', None], "b": [1, 2, 3]}).replace_schema_metadata(
    {"model_name": "m"}
)
WRITERS: list[Write] = [write_as_csv, write_as_parquet]


def batches(*rows: int) -> Iterator[RecordBatch]:
    """Some rows of the table, one a batch."""
    for row in rows:
        yield RecordBatch.from_arrow(TABLE.slice(row, 1).to_batches()[0])


def schema() -> Schema:
    """The table's."""
    return Schema.from_arrow(TABLE.schema)


def test_csv() -> None:
    """A header, then the rows; a gap is an empty cell, and quotes are doubled."""
    file = io.BytesIO()
    write_as_csv(batches(0, 1, 2), schema(), file)
    assert file.getvalue() == b'a,b\nx,1\n"y,""",2\n,3\n'


def test_a_column_without_a_csv_form_is_one_line() -> None:
    """A nested column ends the scoring with what to do, not with the library's own error."""
    nested = pa.table({"a": [[1, 2]]})
    rows = iter([RecordBatch.from_arrow(nested.to_batches()[0])])
    with pytest.raises(CommandFailed, match="--keep") as caught:
        write_as_csv(rows, Schema.from_arrow(nested.schema), io.BytesIO())
    assert "\n" not in str(caught.value)


def test_parquet() -> None:
    """The rows with their types, and the metadata of the schema."""
    file = io.BytesIO()
    write_as_parquet(batches(0, 1, 2), schema(), file)
    read = pq.read_table(io.BytesIO(file.getvalue()))
    assert read.to_pydict() == TABLE.to_pydict()
    assert read.schema.metadata[b"model_name"] == b"m"


@pytest.mark.parametrize("write", WRITERS)
def test_no_rows(write: Write) -> None:
    """Without rows the output still names the columns."""
    file = io.BytesIO()
    write(batches(), schema(), file)
    if write is write_as_csv:
        assert file.getvalue() == b"a,b\n"
    else:
        assert pq.read_table(io.BytesIO(file.getvalue())).column_names == ["a", "b"]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("failure", [ValueError("bad row"), KeyboardInterrupt()])
def test_a_failure_comes_through_and_leaves_nothing(
    tmp_path: Path, write: Write, failure: BaseException
) -> None:
    """What ends the rows ends the writing as it is, and no file is left, not even a part of one."""

    def ending() -> Iterator[RecordBatch]:
        yield from batches(0)
        raise failure

    def run() -> Any:
        with open_output(tmp_path / "out") as file:
            write(ending(), schema(), file)

    with pytest.raises(type(failure)):
        run()
    assert not [*tmp_path.iterdir()]


def test_what_was_there_stays_until_the_new_is_whole(tmp_path: Path) -> None:
    """The old file is read until the new one takes its name, with the rights of any new file."""
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with open_output(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]
    (tmp_path / "any").touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "any").stat().st_mode)


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    """What is no plain file is not replaced by one."""
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
