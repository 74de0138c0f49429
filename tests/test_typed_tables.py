"""Training and scoring read typed cells alike, for every Arrow type."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from arro3.io import read_parquet
from hypothesis import HealthCheck, given, settings

from baton_cli.bulk.chunks import ParquetChunk
from baton_engine.tables.columns import Array
from baton_inference.protocols.arrow.child import answer
from baton_inference.protocols.arrow.reader import build_read_request, parse_read_answer
from baton_inference.protocols.media import ARROW, PARQUET
from baton_registry.versions.schema import Column, Schema
from baton_trainer.errors import DataError
from baton_trainer.evaluation import scoring
from baton_trainer.request import Columns
from baton_trainer.tables.columns import features
from baton_trainer.tables.files import parquet_file
from tests.support.bodies.arrow_types import arrays, write_parquet, write_stream

NAME = "c"


def train(content: bytes, role: Any = None) -> tuple[Column, Array] | None:
    """Returns the column and the engine's array in training; None if training leaves it out."""
    columns = Columns(target="y", roles={NAME: role} if role else {})
    try:
        file = parquet_file.parse(content, "t.parquet")
        role_column, values = features.assign_role(file, file.cells[NAME], columns, ".")
    except DataError:
        return None
    if not role_column.is_feature:
        return None
    column = features.build_schema_column(values)
    return column, scoring.build_arrays([column], values.to_frame())[NAME]


def score_file(table: Any, column: Column) -> Array:
    """Returns the engine's array in `baton score`."""
    (batch,) = read_parquet(write_parquet(table))
    return ParquetChunk(batch, range(1, len(table) + 1)).read(column)


def score_parquet(table: Any, column: Column) -> Array:
    """Returns the engine's array for a Parquet body of `/invocations`."""
    return score_body(write_parquet(table), PARQUET, column)


def score_stream(table: Any, column: Column) -> Array:
    """Returns the engine's array for an Arrow body."""
    return score_body(write_stream(table), ARROW, column)


def score_body(body: bytes, media_type: bytes, column: Column) -> Array:
    """Returns the engine's array for a body."""
    rows = parse_read_answer(answer(build_read_request(body, media_type, [column], 100)), 100)
    return rows.to_batch(Schema((column,))).columns[NAME]


def normalize(array: Array) -> list[Any]:
    """Replaces NaN by None, so that missing values compare as equal."""
    return [None if value != value else value for value in array.tolist()]  # noqa: PLR0124 - NaN


@pytest.mark.parametrize("score", [score_file, score_parquet, score_stream])
@pytest.mark.parametrize("role", [None, "category", "number"])
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(array=arrays())
def test_scoring_reads_cells_like_training(
    score: Callable[[Any, Column], Array], role: Any, array: Any
) -> None:
    """This holds for all rows together and for each row alone."""
    table = pa.table({NAME: array})
    if (learned := train(write_parquet(table), role)) is None:
        return
    column, expected = learned
    assert normalize(score(table, column)) == normalize(expected)
    for row in range(len(table)):
        alone = score(table.slice(row, 1), column)
        assert normalize(alone) == normalize(expected[row : row + 1])


@pytest.mark.parametrize("score", [score_file, score_parquet, score_stream])
@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (pa.array([1067, 4103, 1067]), ["1067", "4103", "1067"]),
        (pa.array([1067, 5, None]), ["1067", "5", ""]),
        (pa.array([1067.0, 1e3, None]), ["1067", "1000", ""]),
        (pa.array([1.0, 2.5]), ["1.0", "2.5"]),
        (pa.array([2**53 + 1, 2**53, None]), ["9007199254740993", "9007199254740992", ""]),
        (pa.array([True, False, None]), ["True", "False", ""]),
        (pa.array([7, 5, 7]).dictionary_encode(), ["7", "5", "7"]),
        (pa.array([Decimal("1.50"), Decimal(2)]), ["1.5", "2.0"]),
        (pa.array(["NA", "x", ""]), ["NA", "x", ""]),
        (pa.array([dt.date(2024, 1, 31), dt.date(2024, 2, 1)]), ["2024-01-31", "2024-02-01"]),
    ],
)
def test_categories_have_the_texts_of_training(
    score: Callable[[Any, Column], Array], array: Any, texts: list[str]
) -> None:
    """A category column may have any type."""
    table = pa.table({NAME: array})
    learned = train(write_parquet(table), "category")
    assert learned is not None
    assert learned[1].tolist() == score(table, learned[0]).tolist() == texts


@pytest.mark.parametrize("score", [score_file, score_parquet, score_stream])
def test_white_space_around_names_is_removed(score: Callable[[Any, Column], Array]) -> None:
    table = pa.table({f" {NAME} ": [1.5, 2.5]})
    learned = train(write_parquet(table))
    assert learned is not None
    assert score(table, learned[0]).tolist() == [1.5, 2.5]


@pytest.mark.parametrize("score", [score_stream])
def test_run_end_encoded_values_are_expanded(
    score: Callable[[Any, Column], Array],
) -> None:
    """Only Arrow has this encoding, not Parquet."""
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], pa.array([1067, 4103]))
    table = pa.table({NAME: runs})
    numbers, category = Column(NAME, "long"), Column(NAME, "string", categories=("1067", "4103"))
    assert score(table, numbers).tolist() == [1067, 1067, 4103]
    assert score(table, category).tolist() == ["1067", "1067", "4103"]
