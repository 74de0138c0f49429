"""Columns of every Arrow type with generated values."""

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

Kind = tuple[Any, st.SearchStrategy[Any]]
"""An Arrow type and a strategy for its values."""

DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2250, 1, 1))  # noqa: DTZ001 - Arrow's
SPANS = st.timedeltas(dt.timedelta(days=-9), dt.timedelta(days=9))
TEXT = st.text(max_size=3) | st.sampled_from(["NA", "nan", " a", "01067", "1e3", "1.0", "True"])
CODES = st.sampled_from([1.0, 1e3, 1e20, -0.0, 2.5, 2.0**53, -(2.0**63)])


def list_integer_kinds(bits: int) -> Iterator[tuple[str, Kind]]:
    """Lists the integer types of a width."""
    half = 2 ** (bits - 1)
    yield f"int{bits}", (getattr(pa, f"int{bits}")(), st.integers(-half, half - 1))
    yield f"uint{bits}", (getattr(pa, f"uint{bits}")(), st.integers(0, 2 * half - 1))


KINDS: Mapping[str, Kind] = {
    **dict(each for bits in (8, 16, 32, 64) for each in list_integer_kinds(bits)),
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
    """Draws a column of some type with a few different values, perhaps dictionary-encoded."""
    name = draw(st.sampled_from(sorted(KINDS)))
    kind, values = KINDS[name]
    few = draw(st.lists(values, min_size=2, max_size=4))
    few += [None] * draw(st.booleans())
    array = pa.array([*few, *draw(st.lists(st.sampled_from(few), max_size=8))], kind)
    return array.dictionary_encode() if name not in PLAIN and draw(st.booleans()) else array


def write_parquet(table: Any) -> bytes:
    """Writes a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def write_stream(table: Any) -> bytes:
    """Writes an Arrow stream."""
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as sink:
        sink.write_table(table)
    return buffer.getvalue()
