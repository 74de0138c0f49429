"""The functions of the reader process, called in this process."""

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from baton_inference.protocols.arrow.child import answer
from baton_inference.protocols.arrow.messages import (
    MalformedMessage,
    NumbersMessage,
    ReadRequest,
    TableMessage,
    TextsMessage,
    TooManyMessage,
    UnsupportedMessage,
)
from baton_inference.protocols.media import ARROW, PARQUET
from tests.support.bodies.columnar import GOOD, WRITERS, write_parquet, write_stream

NAMES = ("x", "n", "note")
BOTH = [ARROW, PARQUET]


def read(body: bytes, media_type: bytes, *names: str, max_rows: int = 100) -> Any:
    """Returns the answer to a request."""
    return answer(ReadRequest(media_type, names or NAMES, ("note",), max_rows, body))


@pytest.mark.parametrize("media_type", BOTH)
def test_only_requested_columns_are_read(media_type: bytes) -> None:
    """A requested column that the body lacks is absent from the answer."""
    body = WRITERS[media_type](GOOD.append_column("extra", pa.array([[1], [2]])))
    assert read(body, media_type, "note", "n", "absent") == TableMessage(
        2,
        {
            "note": TextsMessage(["a", None], b"\0\0\0\0\1\0\0\0"),
            "n": NumbersMessage("<i8", b"\1" + b"\0" * 7 + b"\2" + b"\0" * 7),
        },
    )


@pytest.mark.parametrize("media_type", BOTH)
def test_batches_are_joined(media_type: bytes) -> None:
    """Many batches or row groups are one table."""
    table = pa.table({"n": range(7), "note": ["a", "b", None, "a", "c", "b", "a"]})
    whole = read(WRITERS[media_type](table), media_type)
    parts = read(WRITERS[media_type](table, rows=2), media_type)
    assert parts.rows == whole.rows == 7
    assert parts.columns["n"] == whole.columns["n"]


@pytest.mark.parametrize("media_type", BOTH)
def test_the_row_limit_applies_to_all_batches(media_type: bytes) -> None:
    """The limit is the same for one batch and for several."""
    table = pa.table({"n": range(5)})
    for rows in (None, 1):
        body = WRITERS[media_type](table, rows=rows)
        assert read(body, media_type, max_rows=5).rows == 5
        assert read(body, media_type, max_rows=4) == TooManyMessage()


@pytest.mark.parametrize("media_type", BOTH)
def test_an_empty_table_has_no_rows(media_type: bytes) -> None:
    """It may have columns or none."""
    for table in (GOOD.slice(0, 0), pa.table({})):
        assert read(WRITERS[media_type](table), media_type) == TableMessage(0, {})


@pytest.mark.parametrize("media_type", BOTH)
def test_a_duplicate_column_is_malformed(media_type: bytes) -> None:
    """A duplicate extra column is ignored."""
    table = GOOD.append_column("z", pa.array([1, 2])).append_column("z", pa.array([1, 2]))
    body = WRITERS[media_type](table)
    assert read(body, media_type).rows == 2
    refusal = read(body, media_type, "n", "z")
    assert isinstance(refusal, MalformedMessage)
    assert "'z' occurs twice" in refusal.text


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_common_compressions_of_parquet_are_read(compression: str) -> None:
    """Both versions of data pages are read, too."""
    for version in ("1.0", "2.0"):
        body = write_parquet(GOOD, compression=compression, data_page_version=version)
        assert read(body, PARQUET).rows == 2


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_all_compressions_of_arrow_are_read(compression: str | None) -> None:
    assert read(write_stream(GOOD, compression=compression), ARROW).rows == 2


@pytest.mark.parametrize("media_type", BOTH)
def test_an_unsupported_type_is_reported(media_type: bytes) -> None:
    """The answer names the type of a column that is neither numbers nor text."""
    table = pa.table({"n": [[1], [2]]})
    assert read(WRITERS[media_type](table), media_type).columns == {"n": UnsupportedMessage("List")}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_body_is_malformed(share: float) -> None:
    """The message is one line."""
    body = write_stream(pa.table({"n": range(1000)}))
    refusal = read(body[: int(share * len(body))], ARROW)
    assert isinstance(refusal, MalformedMessage)
    assert refusal.text
    assert "\n" not in refusal.text


def test_the_reader_process_imports_few_packages() -> None:
    """It starts quickly, because it imports neither the service nor the schema."""
    code = "import sys, baton_inference.protocols.arrow.child; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert "arro3" in loaded
    assert not loaded & {"httpx", "fastapi", "onnxruntime", "pandas", "pyarrow", "structlog"}
