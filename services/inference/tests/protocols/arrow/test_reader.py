"""The reader process: limits, hostile bodies, start and end."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from baton_engine.tables.values import Unsupported
from baton_inference.errors import MalformedBody, RequestRejected, TooManyRows
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.arrow.reader import ArrowReader
from baton_inference.protocols.media import ARROW, PARQUET
from baton_registry.versions.schema import Column
from tests.support.bodies.columnar import GOOD, WRITERS, write_parquet, write_stream
from tests.support.fakes.models import SCHEMA

MUTATIONS = 30
# Declares 2 GiB of metadata, which the library allocates at once.
GREEDY = b"\xff\xff\xff\xff\xff\xff\xff\x7f" + b"\0" * 64


@pytest.fixture(scope="module")
def reader() -> Iterator[ArrowReader]:
    """A reader of bodies of up to 4 MiB."""
    reader = ArrowReader(4 * 2**20)
    yield reader
    reader.close()


def read(reader: ArrowReader, body: bytes, media_type: bytes = ARROW) -> ArrowTable:
    """Reads the table of a body."""
    return reader.read(body, media_type, SCHEMA.columns, 10_000)


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_a_table_is_read(reader: ArrowReader, media_type: bytes) -> None:
    """It has missing values, and a column of an unsupported type."""
    content = GOOD.append_column("lists", pa.array([[1], [2]]))
    columns = (*SCHEMA.columns, Column("lists", "long"))
    table = reader.read(WRITERS[media_type](content), media_type, columns, 10)
    assert table.columns["lists"] == Unsupported("List")
    batch = table.to_batch(SCHEMA)
    assert batch.rows == 2
    values = {name: array.tolist() for name, array in batch.columns.items()}
    assert values == {"x": [0.5, 1.5], "n": [1, 2], "note": ["a", ""]}


def test_rows_over_the_limit_are_refused(reader: ArrowReader) -> None:
    with pytest.raises(TooManyRows):
        reader.read(write_stream(GOOD), ARROW, SCHEMA.columns, 1)


@pytest.mark.parametrize(
    ("body", "media_type", "message"),
    [
        (b"", ARROW, "not an Arrow stream"),
        (b'{"instances": []}', ARROW, "not an Arrow stream"),
        (b"ARROW1\0\0", ARROW, "an Arrow file; send it as a stream"),
        (b"PAR1", ARROW, "not an Arrow stream"),
        (b"", PARQUET, "not a Parquet file"),
        (b"a,b\n1,2\n", PARQUET, "not a Parquet file"),
        (write_parquet(GOOD)[:-1], PARQUET, "not a Parquet file"),
        (b"PAR1PAR1", PARQUET, "cannot be read"),
        (write_stream(GOOD)[:300], ARROW, "cannot be read"),
    ],
)
def test_other_formats_and_corrupt_bodies_are_malformed(
    reader: ArrowReader, body: bytes, media_type: bytes, message: str
) -> None:
    with pytest.raises(MalformedBody, match=message):
        read(reader, body, media_type)


def test_a_body_that_ends_the_reader_process_is_refused(reader: ArrowReader) -> None:
    """The next body starts a new process."""
    with capture_logs() as logs, pytest.raises(MalformedBody, match="corrupt, or needs over 64"):
        read(reader, GREEDY)
    assert [entry["log_level"] for entry in logs] == ["warning"]
    assert read(reader, write_stream(GOOD)).rows == 2


def build_long_texts() -> bytes:
    """Builds a body that takes 5 GB once each row has its own copy of a text."""
    text = pa.array(["x" * 2**20])
    note = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5000, np.int32)), text)
    return write_parquet(pa.table({"note": note}), store_schema=False)


def build_zeros() -> bytes:
    """Builds a body that takes 256 MB in one batch."""
    return write_stream(pa.table({"x": np.zeros(2**25)}), compression="zstd")


@pytest.mark.parametrize(
    ("build", "media_type"),
    [(build_long_texts, PARQUET), (build_zeros, ARROW)],
)
def test_a_bomb_is_refused(
    reader: ArrowReader, build: Callable[[], bytes], media_type: bytes
) -> None:
    """A body that is too large when decoded ends the reader process, but not the service."""
    body = build()
    assert len(body) < 2**20
    with pytest.raises(MalformedBody, match="needs over 64 MiB"):
        read(reader, body, media_type)
    assert read(reader, write_stream(GOOD)).rows == 2


def test_rows_over_the_limit_are_not_decoded(reader: ArrowReader) -> None:
    """A file with far too many rows is refused, although all of them exceed the memory limit."""
    body = write_parquet(pa.table({"x": np.zeros(2**25)}), use_dictionary=False, compression="zstd")
    with pytest.raises(TooManyRows):
        read(reader, body, PARQUET)


def test_a_dictionary_stores_a_long_text_once(reader: ArrowReader) -> None:
    """It is accepted, however many rows share the text."""
    long_text = pa.array(["x" * 2**20])
    note = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5000, np.int32)), long_text)
    table = read(reader, write_stream(pa.table({"note": note})))
    assert table.rows == 5000


@pytest.mark.parametrize("number", range(3))
def test_any_mutation_is_read_or_refused(reader: ArrowReader, number: int) -> None:
    """Altered, added or missing bytes do not affect the service."""
    table = pa.table(
        {
            "x": [0.5, None] * 50,
            "n": range(100),
            "note": pa.array(["a", "b"] * 50).dictionary_encode(),
            "more": pa.array(["a", None] * 50, pa.large_string()),
        }
    )
    body, media_type = [
        (write_stream(table, rows=40), ARROW),
        (write_parquet(table, rows=40, compression="none"), PARQUET),
        (write_parquet(table, use_dictionary=False, data_page_version="2.0"), PARQUET),
    ][number]
    chance = random.Random(number)
    for _ in range(MUTATIONS):
        try:
            read(reader, mutate(body, chance), media_type).to_batch(SCHEMA)
        except RequestRejected:
            continue
    assert read(reader, body, media_type).rows == 100


def mutate(body: bytes, chance: random.Random) -> bytes:
    """Changes, adds or removes a few bytes of a body."""
    altered = bytearray(body)
    at = chance.randrange(len(altered))
    match chance.randrange(6):
        case 0:
            return bytes(altered[:at])
        case 1:
            altered[at:at] = chance.randbytes(4)
        case _:
            for _ in range(chance.choice([1, 1, 4])):
                altered[chance.randrange(len(altered))] = chance.choice([0, 127, 128, 255])
    return bytes(altered)


def test_the_reader_process_has_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service does not pass its environment on."""
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "secret")
    reader = ArrowReader(2**20)
    read(reader, write_stream(GOOD))
    assert read_environment(reader) == {"OPENBLAS_NUM_THREADS": "1"}
    reader.close()


def read_environment(reader: ArrowReader) -> dict[str, str]:
    """Reads the environment of the reader process."""
    assert reader._process is not None
    with open(f"/proc/{reader._process.pid}/environ", encoding="utf-8") as file:  # noqa: PTH123
        pairs = [entry.partition("=") for entry in file.read().split("\0") if entry]
    return {name: value for name, _, value in pairs}


def test_the_reader_process_starts_with_the_first_body() -> None:
    """A service without Arrow or Parquet bodies has no reader process."""
    reader = ArrowReader(2**20)
    assert reader._process is None
    reader.close()


def test_close_ends_the_reader_process() -> None:
    """The next body starts a new process."""
    reader = ArrowReader(2**20)
    read(reader, write_stream(GOOD))
    process: Any = reader._process
    reader.close()
    assert process.returncode is not None
    assert read(reader, write_stream(GOOD)).rows == 2
    reader.close()
