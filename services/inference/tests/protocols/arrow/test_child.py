"""Reading Arrow and Parquet, in this process."""

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from baton_inference.protocols.arrow.child import answer
from baton_inference.protocols.arrow.messages import (
    MalformedMessage,
    NumbersMessage,
    OddMessage,
    ReadRequest,
    TableMessage,
    TextsMessage,
    TooManyMessage,
)
from baton_inference.protocols.media import ARROW, PARQUET
from tests.support.bodies.columnar import GOOD, WRITERS, parquet, stream

NAMES = ("x", "n", "note")
BOTH = [ARROW, PARQUET]


def read(body: bytes, media_type: bytes, *names: str, max_rows: int = 100) -> Any:
    """What is answered."""
    return answer(ReadRequest(media_type, names or NAMES, ("note",), max_rows, body))


@pytest.mark.parametrize("media_type", BOTH)
def test_reads_the_columns_that_are_wanted(media_type: bytes) -> None:
    """Wanted columns are read, others are left, and those that are not there are left out."""
    body = WRITERS[media_type](GOOD.append_column("extra", pa.array([[1], [2]])))
    found = read(body, media_type, "note", "n", "absent")
    assert found == TableMessage(
        2,
        {
            "note": TextsMessage(["a", None], b"\0\0\0\0\1\0\0\0"),
            "n": NumbersMessage("<i8", b"\1" + b"\0" * 7 + b"\2" + b"\0" * 7),
        },
    )


@pytest.mark.parametrize("media_type", BOTH)
def test_batches_follow_one_another(media_type: bytes) -> None:
    """Many batches or row groups are one table, also where a row is alone in one."""
    table = pa.table({"n": range(7), "note": ["a", "b", None, "a", "c", "b", "a"]})
    whole = read(WRITERS[media_type](table), media_type)
    parts = read(WRITERS[media_type](table, rows=2), media_type)
    assert parts.rows == whole.rows == 7
    assert parts.columns["n"] == whole.columns["n"]


@pytest.mark.parametrize("media_type", BOTH)
def test_rows_are_bounded(media_type: bytes) -> None:
    """As many rows as allowed are read; one more is too many, in one batch or in several."""
    table = pa.table({"n": range(5)})
    for rows in (None, 1):
        body = WRITERS[media_type](table, rows=rows)
        assert read(body, media_type, max_rows=5).rows == 5
        assert read(body, media_type, max_rows=4) == TooManyMessage()


@pytest.mark.parametrize("media_type", BOTH)
def test_a_table_may_be_empty(media_type: bytes) -> None:
    """No rows and no columns are a table without rows."""
    for table in (GOOD.slice(0, 0), pa.table({})):
        assert read(WRITERS[media_type](table), media_type) == TableMessage(0, {})


@pytest.mark.parametrize("media_type", BOTH)
def test_a_wanted_column_may_be_there_once(media_type: bytes) -> None:
    """A name that is there twice has no one meaning; of an extra column nobody minds."""
    table = GOOD.append_column("z", pa.array([1, 2])).append_column("z", pa.array([1, 2]))
    body = WRITERS[media_type](table)
    assert read(body, media_type).rows == 2
    assert read(body, media_type, "n", "z") == MalformedMessage("the column 'z' is there twice")


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_every_usual_compression_of_parquet(compression: str) -> None:
    """What Parquet's writers compress with is understood, and both versions of pages."""
    for version in ("1.0", "2.0"):
        body = parquet(GOOD, compression=compression, data_page_version=version)
        assert read(body, PARQUET).rows == 2


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_every_compression_of_arrow(compression: str | None) -> None:
    """So are Arrow's."""
    assert read(stream(GOOD, compression=compression), ARROW).rows == 2


@pytest.mark.parametrize("media_type", BOTH)
def test_an_odd_type_is_told(media_type: bytes) -> None:
    """A column that is neither numbers nor text is named by its type."""
    table = pa.table({"n": [[1], [2]]})
    assert read(WRITERS[media_type](table), media_type).columns == {"n": OddMessage("List")}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_broken_body_is_malformed(share: float) -> None:
    """A body that is cut off is told in one line."""
    body = stream(pa.table({"n": range(1000)}))
    found = read(body[: int(share * len(body))], ARROW)
    assert isinstance(found, MalformedMessage)
    assert found.text
    assert "\n" not in found.text


def test_imports_little() -> None:
    """The process that reads has begun in a moment: it loads neither service nor schema."""
    code = "import sys, baton_inference.protocols.arrow.child; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "arro3" in loaded
    assert not loaded & {"httpx", "fastapi", "onnxruntime", "pandas", "pyarrow", "structlog"}
