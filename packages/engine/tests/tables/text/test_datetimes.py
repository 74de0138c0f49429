"""Datetime columns."""

import numpy as np
import pandas as pd
import pytest

from baton_engine.tables.cell_errors import CellError
from baton_engine.tables.text.datetimes import cast_datetimes, convert_datetimes, parse_datetime


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026-01-31 12:30",
        "2026-01-31T12:30:15",
        "2026-01-31T12:30:15.123456",
        "2026-01-31T12:30:15Z",
        "2026-01-31T12:30:15+05:30",
        "1677-09-22",
        "2262-04-10T23:59:59",
    ],
)
def test_a_text_means_what_pandas_reads(text: str) -> None:
    """Which MLflow uses. A text without an offset is UTC."""
    assert parse_datetime(text) == pd.to_datetime([text], utc=True).as_unit("ns").asi8[0]


@pytest.mark.parametrize("text", ["", "now", "20260131", "2026-W05-1", "2026-02-30", "31.01.2026"])
def test_other_texts_are_rejected(text: str) -> None:
    with pytest.raises(CellError, match="ISO 8601"):
        parse_datetime(text)


@pytest.mark.parametrize("text", ["1677-09-21", "2262-04-11T00:00:01", "0001-01-01T00:00:00+14:00"])
def test_dates_beyond_nanoseconds_are_rejected(text: str) -> None:
    with pytest.raises(CellError, match="1678 to 2261"):
        parse_datetime(text)


def test_a_column_holds_the_texts() -> None:
    """Missing ones are empty."""
    assert cast_datetimes(["2026-01-31", ""]).tolist() == ["2026-01-31", ""]
    with pytest.raises(CellError, match="ISO 8601"):
        cast_datetimes(["2026-01-31", "soon"])


def test_missing_ones_are_nan() -> None:
    """Also for integers, which cannot hold NaN."""
    for dtype in (np.dtype(np.float32), np.dtype(np.int64)):
        values = convert_datetimes(["", "1970-01-01T00:00:02"], dtype)
        assert values.dtype.kind == "f"
        np.testing.assert_array_equal(values, [np.nan, 2.0])
