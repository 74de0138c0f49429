"""Chunks of rows."""

import numpy as np
import pyarrow as pa
import pytest
from arro3.core import RecordBatch

from baton_cli.bulk.chunks import Chunk, CsvChunk, ParquetChunk
from baton_engine.tables.values import Texts, TextsBuilder
from baton_registry.versions.schema import Column
from tests.support.cli.bulk import COLUMNS


def encode(*columns: list[str]) -> list[Texts]:
    """The columns, encoded."""
    encoded = []
    for column in columns:
        builder = TextsBuilder()
        builder.add(column)
        encoded.append(builder.build())
    return encoded


CSV = CsvChunk(
    ["x", "n", "note"], [2, 4, 5], encode(["1", "2", "3"], ["1", "2", "3"], ["a", "", "c"])
)
ROWS = {"x": [1.0, 2, 3], "n": [1, 2, 3], "note": ["a", None, "c"]}
PARQUET = ParquetChunk(RecordBatch.from_arrow(pa.record_batch(ROWS)), range(101, 104))


@pytest.mark.parametrize("chunk", [CSV, PARQUET])
def test_columns_are_read_and_copied(chunk: Chunk) -> None:
    """`read` converts to the type of the schema; `copy_columns` does not."""
    assert [chunk.read(column).tolist() for column in COLUMNS] == [
        [1.0, 2.0, 3.0],
        [1, 2, 3],
        ["a", "", "c"],
    ]
    (copied,) = chunk.copy_columns(["note"])
    assert [value.as_py() or "" for value in copied] == ["a", "", "c"]  # type: ignore[attr-defined]


def test_csv_and_parquet_are_read_the_same() -> None:
    """The text `None` is a category. Empty cells, and blank cells of numbers, are missing."""
    columns = [
        Column("x", "double", required=False),
        Column("flag", "boolean", required=False),
        Column("plan", "string", required=False),
    ]
    names = [column.name for column in columns]
    cells = encode(["1.5", " ", ""], ["true", "", " False"], ["None", "", "basic"])
    table = {"x": [1.5, None, None], "flag": [True, None, False], "plan": ["None", "", "basic"]}
    of_csv = CsvChunk(names, [2, 3, 4], cells)
    of_parquet = ParquetChunk(RecordBatch.from_arrow(pa.record_batch(table)), range(1, 4))
    for column in columns:
        np.testing.assert_array_equal(of_csv.read(column), of_parquet.read(column))
    assert of_csv.read(columns[2]).tolist() == ["None", "", "basic"]


@pytest.mark.parametrize(
    ("chunk", "positions"), [(CSV, ["line 2", "line 5"]), (PARQUET, ["row 101", "row 103"])]
)
def test_dropped_rows_do_not_change_other_positions(chunk: Chunk, positions: list[str]) -> None:
    """The positions are those in the file."""
    remaining = chunk.drop({1})
    assert [*remaining.positions] == positions
    assert remaining.read(COLUMNS[0]).tolist() == [1.0, 3.0]
    assert len(chunk.drop({0, 1, 2}).positions) == 0
