"""Reading Arrow and Parquet, in a process of its own."""

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
from tests.support.bodies.columnar import GOOD, WRITERS, parquet, stream
from tests.support.fakes.models import SCHEMA

MUTATIONS = 30
# Says that its metadata take 2 GiB: the library asks for so much memory at once.
GREEDY = b"\xff\xff\xff\xff\xff\xff\xff\x7f" + b"\0" * 64


@pytest.fixture(scope="module")
def reader() -> Iterator[ArrowReader]:
    """A reader of bodies of up to 4 MiB."""
    made = ArrowReader(4 * 2**20)
    yield made
    made.close()


def read(reader: ArrowReader, body: bytes, media_type: bytes = ARROW) -> ArrowTable:
    """The table that the body holds."""
    return reader.read(body, media_type, SCHEMA.columns, 10_000)


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_reads_a_table(reader: ArrowReader, media_type: bytes) -> None:
    """What was written is read, gaps included; a column of another kind is told as such."""
    odd = GOOD.append_column("odd", pa.array([[1], [2]]))
    wanted = (*SCHEMA.columns, Column("odd", "long"))
    table = reader.read(WRITERS[media_type](odd), media_type, wanted, 10)
    assert table.columns["odd"] == Unsupported("List")
    batch = table.to_batch(SCHEMA)
    assert batch.rows == 2
    columns = {name: array.tolist() for name, array in batch.columns.items()}
    assert columns == {"x": [0.5, 1.5], "n": [1, 2], "note": ["a", ""]}


def test_rows_are_bounded(reader: ArrowReader) -> None:
    """More rows than allowed are too many."""
    with pytest.raises(TooManyRows, match="more than the 1 rows"):
        reader.read(stream(GOOD), ARROW, SCHEMA.columns, 1)


@pytest.mark.parametrize(
    ("body", "media_type", "message"),
    [
        (b"", ARROW, "no Arrow stream"),
        (b'{"instances": []}', ARROW, "no Arrow stream"),
        (b"ARROW1\0\0", ARROW, "an Arrow file; send it as a stream"),
        (b"PAR1", ARROW, "no Arrow stream"),
        (b"", PARQUET, "no Parquet file"),
        (b"a,b\n1,2\n", PARQUET, "no Parquet file"),
        (parquet(GOOD)[:-1], PARQUET, "no Parquet file"),
        (b"PAR1PAR1", PARQUET, "cannot be read"),
        (stream(GOOD)[:300], ARROW, "cannot be read"),
    ],
)
def test_refused(reader: ArrowReader, body: bytes, media_type: bytes, message: str) -> None:
    """What is something else or broken is malformed, and the text says what is known of it."""
    with pytest.raises(MalformedBody, match=message):
        read(reader, body, media_type)


def test_a_body_may_end_the_process(reader: ArrowReader) -> None:
    """A body that ends the process which reads it is refused; the next one finds another."""
    with capture_logs() as logs, pytest.raises(MalformedBody, match="broken, or takes over 64 MiB"):
        read(reader, GREEDY)
    assert [entry["log_level"] for entry in logs] == ["warning"]
    assert read(reader, stream(GOOD)).rows == 2


def long_text_in_every_row() -> bytes:
    """5 GB once each row has its own."""
    text = pa.array(["x" * 2**20])
    note = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5000, np.int32)), text)
    return parquet(pa.table({"note": note}), store_schema=False)


def batch_of_zeros() -> bytes:
    """256 MB in one batch."""
    return stream(pa.table({"x": np.zeros(2**25)}), compression="zstd")


@pytest.mark.parametrize(
    ("make", "media_type"),
    [(long_text_in_every_row, PARQUET), (batch_of_zeros, ARROW)],
)
def test_a_bomb_is_refused(
    reader: ArrowReader, make: Callable[[], bytes], media_type: bytes
) -> None:
    """What grows beyond all bounds when decoded is refused, at the cost of that process alone."""
    body = make()
    assert len(body) < 2**20
    with pytest.raises(MalformedBody, match="takes over 64 MiB"):
        read(reader, body, media_type)
    assert read(reader, stream(GOOD)).rows == 2


def test_too_many_rows_are_not_decoded(reader: ArrowReader) -> None:
    """A file of far more rows is refused for it, though all of them would not fit into memory."""
    body = parquet(pa.table({"x": np.zeros(2**25)}), use_dictionary=False, compression="zstd")
    with pytest.raises(TooManyRows):
        read(reader, body, PARQUET)


def test_a_long_text_in_every_row_may_be_sent_once(reader: ArrowReader) -> None:
    """A dictionary is not a bomb: its text is held once, however many rows have it."""
    long_text = pa.array(["x" * 2**20])
    note = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5000, np.int32)), long_text)
    table = read(reader, stream(pa.table({"note": note})))
    assert table.rows == 5000


@pytest.mark.parametrize("number", range(3))
def test_any_mutation_is_read_or_refused(reader: ArrowReader, number: int) -> None:
    """Whatever a few altered, added or missing bytes do, they do not reach the service."""
    table = pa.table(
        {
            "x": [0.5, None] * 50,
            "n": range(100),
            "note": pa.array(["a", "b"] * 50).dictionary_encode(),
            "more": pa.array(["a", None] * 50, pa.large_string()),
        }
    )
    body, media_type = [
        (stream(table, rows=40), ARROW),
        (parquet(table, rows=40, compression="none"), PARQUET),
        (parquet(table, use_dictionary=False, data_page_version="2.0"), PARQUET),
    ][number]
    chance = random.Random(number)
    for _ in range(MUTATIONS):
        try:
            read(reader, mutated(body, chance), media_type).to_batch(SCHEMA)
        except RequestRejected:
            continue
    assert read(reader, body, media_type).rows == 100


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body with a few bytes of it changed, or cut off, or more."""
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


def test_the_process_knows_no_secrets(reader: ArrowReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the service was told in its environment is not passed on."""
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "secret")
    made = ArrowReader(2**20)
    read(made, stream(GOOD))
    assert environment(made) == {"OPENBLAS_NUM_THREADS": "1"}
    made.close()


def environment(reader: ArrowReader) -> dict[str, str]:
    """What the process that reads was given."""
    assert reader._process is not None
    with open(f"/proc/{reader._process.pid}/environ", encoding="utf-8") as file:  # noqa: PTH123
        pairs = [entry.partition("=") for entry in file.read().split("\0") if entry]
    return {name: value for name, _, value in pairs}


def test_nothing_is_started_before_it_is_needed() -> None:
    """A service that is sent no such body has no such process, and ends none."""
    made = ArrowReader(2**20)
    assert made._process is None
    made.close()


def test_ends_with_the_reader() -> None:
    """Closing ends the process, and the next body would begin another."""
    made = ArrowReader(2**20)
    read(made, stream(GOOD))
    process: Any = made._process
    made.close()
    assert process.returncode is not None
    assert read(made, stream(GOOD)).rows == 2
    made.close()
