import datetime as dt
import hashlib
import io
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.files import parquet_file
from baton_trainer.tables.files.data_file import DataFile

pa: Any = pytest.importorskip("pyarrow")  # comes with the tracking server: another's writer
pq: Any = pytest.importorskip("pyarrow.parquet")

TIME = dt.datetime(2024, 1, 31, 12, 30, tzinfo=dt.UTC)


def written(**columns: Any) -> bytes:
    """A Parquet file's bytes."""
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def read(column: Any) -> DataFile:
    return parquet_file.parse(written(c=column), "t.parquet")


@pytest.mark.parametrize(
    ("values", "kind", "dtype", "expected"),
    [
        ([1, 2], pa.int8(), np.int64, [1, 2]),
        ([1, None], pa.int64(), np.float64, [1.0, np.nan]),
        ([2**64 - 1, 1], pa.uint64(), np.float64, [2.0**64, 1.0]),
        ([0.5, None], pa.float32(), np.float64, [0.5, np.nan]),
        ([Decimal("1.5"), None], pa.decimal128(5, 2), np.float64, [1.5, np.nan]),
        ([True, False], pa.bool_(), np.bool_, [True, False]),
        ([True, None], pa.bool_(), np.object_, [True, None]),
        (["1", "", "NA", None], pa.string(), np.object_, ["1", None, "NA", None]),
        (["x", " y"], pa.large_string(), np.object_, ["x", " y"]),
        ([None, None], pa.null(), np.object_, [None, None]),
        ([TIME], pa.timestamp("us", "UTC"), np.object_, ["2024-01-31T12:30:00Z"]),
        ([TIME.date()], pa.date32(), np.object_, ["2024-01-31"]),
    ],
)
def test_columns_have_the_types_of_a_table(
    values: list[Any], kind: Any, dtype: type, expected: list[Any]
) -> None:
    """Text stays text even if it looks like numbers; empty text is missing; dates are ISO text."""
    column = read(pa.array(values, kind)).cells["c"]
    assert column.dtype == dtype
    np.testing.assert_array_equal(column.to_numpy(), np.array(expected, dtype=dtype))


def test_a_dictionary_is_decoded() -> None:
    """Such as a categorical column of pandas."""
    texts = pa.array(["a", "b", None, "a"])
    assert read(texts.dictionary_encode()).cells["c"].tolist() == ["a", "b", None, "a"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[1], [2, 3]], "its cells are nested (List(Int64"),
        ([{"x": 1}, {"x": 2}], "its cells are nested (Struct("),
        ([b"x", b"y"], "its cells are bytes"),
    ],
)
def test_unusable_columns_are_reported(values: list[Any], reason: str) -> None:
    """The other columns are read."""
    file = parquet_file.parse(written(c=pa.array(values), n=[1, 2]), "f")
    assert set(file.unreadable) == {"c"}
    assert file.unreadable["c"].startswith(reason)
    assert file.cells["n"].tolist() == [1, 2]


def test_rows_of_many_batches_stay_in_order() -> None:
    """The checksum covers the bytes."""
    rows = list(range(200_000))
    content = written(n=rows, t=[str(row % 7) for row in rows])
    file = parquet_file.parse(content, "f")
    assert file.cells["n"].tolist() == rows
    assert file.cells["t"].tolist() == [str(row % 7) for row in rows]
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.is_typed


def test_a_file_without_rows_is_read() -> None:
    """The table builder rejects it later."""
    assert read(pa.array([], pa.int64())).cells.shape == (0, 1)


def damaged() -> dict[str, bytes]:
    good = written(n=list(range(20_000)))
    return {
        "cut off": good[: len(good) // 2],
        "only the magic": b"PAR1",
        "no metadata": b"PAR1\xff\xff\xff\x7fPAR1",
        "garbled metadata": good[:-300] + b"\x7f" * 292 + good[-8:],
    }


@pytest.mark.parametrize("what", damaged())
def test_a_damaged_file_is_rejected_with_one_line(what: str) -> None:
    """Wherever the damage is."""
    with pytest.raises(
        DataError, match=r"f: the Parquet file is .*damaged.*; write it again"
    ) as raised:
        parquet_file.parse(damaged()[what], "f")
    assert "\n" not in str(raised.value)
