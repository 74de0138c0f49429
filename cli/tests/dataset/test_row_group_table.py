"""Row groups of a Parquet file: the values and types of the file, encoded or not."""

import io
import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from baton_cli.bulk.chunks import CHUNK_ROWS, ParquetChunk
from baton_cli.bulk.tables import open_table
from baton_cli.dataset.row_group_table import RowGroupTable
from baton_registry.versions.schema import Column

ROWS = 3 * CHUNK_ROWS
GROUP_ROWS = CHUNK_ROWS + 1


def repeat(texts: list[str | None]) -> list[str | None]:
    """Repeats texts until there are enough rows."""
    return (texts * math.ceil(ROWS / len(texts)))[:ROWS]


PLANS = repeat(["basic", None, "", "pro"])
COLUMNS = {
    "plan": pa.array(PLANS),
    "large": pa.array(PLANS, pa.large_string()),
    "view": pa.array(PLANS, pa.string_view()),
    "category": pa.array(PLANS).dictionary_encode(),
    "id": pa.array([f"customer {number}" for number in range(ROWS)]),
    "late": pa.array([*PLANS[: ROWS // 2], *map(str, range(ROWS - ROWS // 2))]),
    "empty": pa.array([None] * ROWS, pa.string()),
    "bytes": pa.array([each and each.encode() for each in PLANS], pa.binary()),
    "nested": pa.array([{"plan": each} for each in PLANS]),
}


def write(columns: dict[str, Any], **options: Any) -> bytes:
    """Writes a file of several row groups."""
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=GROUP_ROWS, **options)
    return file.getvalue()


def open_groups(content: bytes) -> RowGroupTable:
    """Opens all row groups of a file."""
    groups = pq.ParquetFile(io.BytesIO(content)).metadata.num_row_groups
    return RowGroupTable("in.parquet", io.BytesIO(content), range(groups))


def read_chunks(table: RowGroupTable) -> Iterator[ParquetChunk]:
    """Reads the chunks of a table."""
    for chunk, _ in table.read_chunks():
        assert isinstance(chunk, ParquetChunk)
        yield chunk


@pytest.mark.parametrize("options", [{}, {"use_dictionary": False}], ids=["dictionaries", "plain"])
def test_columns_are_copied_with_the_types_of_the_file(options: dict[str, Any]) -> None:
    """A column that is read encoded is decoded again, missing texts included."""
    content = write(COLUMNS, **options)
    table = open_groups(content)
    names = [each.name for each in table.fields]
    schema = pq.read_schema(io.BytesIO(content))
    assert [pa.field(each).type for each in table.fields] == schema.types
    parts = []
    for chunk in read_chunks(table):
        arrays = [pa.array(each) for each in chunk.copy_columns(names)]
        parts.append(pa.Table.from_arrays(arrays, schema=schema))
    assert pa.concat_tables(parts).equals(pq.read_table(io.BytesIO(content)))


@pytest.mark.parametrize("name", ["plan", "large", "view", "category", "id", "late", "empty"])
def test_texts_are_read_as_from_one_file(name: str) -> None:
    """Encoded or not; a row that is dropped is dropped from both."""
    content = write(COLUMNS)
    column = Column(name, "string", required=False)
    ours, theirs = [], []
    for chunk in read_chunks(open_groups(content)):
        ours += chunk.drop([0]).read(column).tolist()
    for first in range(0, ROWS, GROUP_ROWS):
        part = write({each: array[first : first + GROUP_ROWS] for each, array in COLUMNS.items()})
        for one, _ in open_table("in.parquet", io.BytesIO(part)).read_chunks():
            theirs += one.drop([0]).read(column).tolist()
    assert ours == theirs


def test_only_columns_of_few_texts_stay_encoded() -> None:
    """Each chunk has all texts of an encoded column's dictionary, so there must be few."""
    chunk = next(read_chunks(open_groups(write(COLUMNS))))
    types = {name: repr(chunk.batch.column(name).type) for name in COLUMNS}
    encoded = {name for name, text in types.items() if "Dictionary" in text}
    assert {"plan", "large", "category"} <= encoded
    assert not encoded & {"id", "bytes", "nested"}
