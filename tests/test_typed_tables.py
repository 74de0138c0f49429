"""One reading of typed tables: a cell means the same to training and to scoring, for all types."""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from arro3.io import read_parquet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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

Made = tuple[Any, st.SearchStrategy[Any]]

NAME = "c"
DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2250, 1, 1))  # noqa: DTZ001 - Arrow's
SPANS = st.timedeltas(dt.timedelta(days=-9), dt.timedelta(days=9))
TEXT = st.text(max_size=3) | st.sampled_from(["NA", "nan", " a", "01067", "1e3", "1.0", "True"])
CODES = st.sampled_from([1.0, 1e3, 1e20, -0.0, 2.5, 2.0**53, -(2.0**63)])


def integers(bits: int) -> Iterator[tuple[str, Made]]:
    """The types of integers of a width."""
    half = 2 ** (bits - 1)
    yield f"int{bits}", (getattr(pa, f"int{bits}")(), st.integers(-half, half - 1))
    yield f"uint{bits}", (getattr(pa, f"uint{bits}")(), st.integers(0, 2 * half - 1))


KINDS: Mapping[str, Made] = {
    **dict(each for bits in (8, 16, 32, 64) for each in integers(bits)),
    "halffloat": (pa.float16(), st.floats(width=16)),
    "float": (pa.float32(), st.floats(width=32)),
    "double": (pa.float64(), st.floats() | CODES),
    "decimal32": (pa.decimal32(9, 2), st.decimals(-999, 999, places=2)),
    "decimal64": (pa.decimal64(18, 3), st.decimals(-999, 999, places=3)),
    "decimal128": (pa.decimal128(38, 2), st.decimals(-(10**25), 10**25, places=2)),
    "decimal256": (pa.decimal256(60, 0), st.integers(-(10**19), 10**19).map(Decimal)),
    "bool": (pa.bool_(), st.booleans()),
    "string": (pa.string(), TEXT),
    "large_string": (pa.large_string(), TEXT),
    "string_view": (pa.string_view(), TEXT),
    "binary": (pa.binary(), st.binary(max_size=2)),
    "fixed_size_binary": (pa.binary(2), st.binary(min_size=2, max_size=2)),
    "date32": (pa.date32(), DAYS),
    "date64": (pa.date64(), DAYS),
    **{f"timestamp_{unit}": (pa.timestamp(unit), MOMENTS) for unit in ("s", "ms", "us", "ns")},
    "timestamp_utc": (pa.timestamp("us", "UTC"), MOMENTS),
    "timestamp_zone": (pa.timestamp("ms", "Europe/Berlin"), MOMENTS),
    "timestamp_any": (pa.timestamp("ms"), st.integers(-(2**63) + 1, 2**63 - 1)),
    "time32": (pa.time32("ms"), st.integers(0, 86_399_999)),
    "time64": (pa.time64("us"), st.integers(0, 86_399_999_999)),
    **{f"duration_{unit}": (pa.duration(unit), SPANS) for unit in ("s", "ms", "us", "ns")},
    "null": (pa.null(), st.none()),
    "list": (pa.list_(pa.int8()), st.lists(st.integers(0, 9), max_size=2)),
    "struct": (pa.struct({"a": pa.int8()}), st.fixed_dictionaries({"a": st.integers(0, 9)})),
}
PLAIN = ("null", "list", "struct", "halffloat", "decimal32", "decimal64", "string_view")
"""Types that pyarrow does not write as dictionaries."""


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """A column of some type with a few different values, in any order, maybe encoded."""
    name = draw(st.sampled_from(sorted(KINDS)))
    kind, values = KINDS[name]
    few = draw(st.lists(values, min_size=2, max_size=4))
    few += [None] * draw(st.booleans())
    array = pa.array([*few, *draw(st.lists(st.sampled_from(few), max_size=8))], kind)
    return array.dictionary_encode() if name not in PLAIN and draw(st.booleans()) else array


def parquet(table: Any) -> bytes:
    """The bytes of a Parquet file."""
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def stream(table: Any) -> bytes:
    """The bytes of an Arrow stream."""
    written = io.BytesIO()
    with pa.ipc.new_stream(written, table.schema) as sink:
        sink.write_table(table)
    return written.getvalue()


def train(content: bytes, role: Any = None) -> tuple[Column, Array] | None:
    """A column that training uses, and what the engine gets of it; None where it is left out."""
    wanted = Columns(target="y", roles={NAME: role} if role else {})
    try:
        file = parquet_file.parse(content, "t.parquet")
        found, values = features.assign_role(file, file.cells[NAME], wanted, ".")
    except DataError:
        return None
    if not found.is_feature:
        return None
    column = features.build_schema_column(values)
    return column, scoring.build_arrays([column], values.to_frame())[NAME]


def score_file(table: Any, column: Column) -> Array:
    """What the engine gets of the column in `baton score`."""
    (batch,) = read_parquet(parquet(table))
    return ParquetChunk(batch, range(1, len(table) + 1)).read(column)


def score_parquet(table: Any, column: Column) -> Array:
    """What the engine gets of it in a Parquet body of `/invocations`."""
    return score_body(parquet(table), PARQUET, column)


def score_stream(table: Any, column: Column) -> Array:
    """What the engine gets of it in an Arrow body."""
    return score_body(stream(table), ARROW, column)


def score_body(body: bytes, media_type: bytes, column: Column) -> Array:
    """What the engine gets of it in a body of some type."""
    found = parse_read_answer(answer(build_read_request(body, media_type, [column], 100)), 100)
    return found.to_batch(Schema((column,))).columns[NAME]


def texts_or_numbers(array: Array) -> list[Any]:
    """The values as the model takes them apart: NaN is the same as NaN, `True` as 1."""
    return [None if value != value else value for value in array.tolist()]  # noqa: PLR0124 - NaN


@pytest.mark.parametrize("score", [score_file, score_parquet, score_stream])
@pytest.mark.parametrize("role", [None, "category", "number"])
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(array=arrays())
def test_what_is_trained_is_scored_with_the_same_meaning(
    score: Callable[[Any, Column], Array], role: Any, array: Any
) -> None:
    """All rows at once, and each row by itself, which does not say what else its column holds."""
    table = pa.table({NAME: array})
    if (learned := train(parquet(table), role)) is None:
        return
    column, expected = learned
    assert texts_or_numbers(score(table, column)) == texts_or_numbers(expected)
    for row in range(len(table)):
        alone = score(table.slice(row, 1), column)
        assert texts_or_numbers(alone) == texts_or_numbers(expected[row : row + 1])


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
def test_categories_are_the_texts_of_training(
    score: Callable[[Any, Column], Array], array: Any, texts: list[str]
) -> None:
    """What the user calls a category is one, whatever its type."""
    table = pa.table({NAME: array})
    learned = train(parquet(table), "category")
    assert learned is not None
    assert learned[1].tolist() == score(table, learned[0]).tolist() == texts


@pytest.mark.parametrize("score", [score_file, score_parquet, score_stream])
def test_names_lose_their_white_space_everywhere(score: Callable[[Any, Column], Array]) -> None:
    """As in training."""
    table = pa.table({f" {NAME} ": [1.5, 2.5]})
    learned = train(parquet(table))
    assert learned is not None
    assert score(table, learned[0]).tolist() == [1.5, 2.5]


@pytest.mark.parametrize("score", [score_stream])
def test_runs_of_equal_values_are_what_they_stand_for(
    score: Callable[[Any, Column], Array],
) -> None:
    """Arrow's run-end encoding, which Parquet does not have."""
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], pa.array([1067, 4103]))
    table = pa.table({NAME: runs})
    numbers, category = Column(NAME, "long"), Column(NAME, "string", categories=("1067", "4103"))
    assert score(table, numbers).tolist() == [1067, 1067, 4103]
    assert score(table, category).tolist() == ["1067", "1067", "4103"]
