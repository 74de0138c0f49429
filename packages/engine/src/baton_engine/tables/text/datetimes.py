"""Datetime columns: ISO 8601 texts, converted to the numbers that a model takes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from baton_engine.tables.cell_errors import CellError
from baton_engine.tables.column_types import DATETIME_WORDS
from baton_engine.tables.columns import ENCODED_MISSING, Array, DType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LEAST, _GREATEST = datetime(1677, 9, 22, tzinfo=UTC), datetime(2262, 4, 11, tzinfo=UTC)
"""The whole days of pandas' `datetime64[ns]`, the type of MLflow's datetime."""


def parse_datetime(text: str) -> int:
    """Parses a date, or a date and time, to nanoseconds since 1970.

    Without an offset it is UTC. Digits beyond microseconds are ignored.

    Raises:
        CellError: it is not ISO 8601, or is beyond the years of nanoseconds in 64 bits.
    """
    try:
        # `fromisoformat` also reads 20260131 and 2026-W05, which look like other things.
        moment = datetime.fromisoformat(text) if text[4:5] == text[7:8] == "-" else None
    except ValueError:
        moment = None
    if moment is None:
        raise CellError(f"must be {DATETIME_WORDS}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if not _LEAST <= moment <= _GREATEST:
        raise CellError(f"is beyond the range of dates, {_LEAST.year + 1} to {_GREATEST.year - 1}")
    return (moment - _EPOCH) // _MICROSECOND * 1000


def cast_datetimes(texts: Sequence[str]) -> Array:
    """Casts texts to a datetime column, which holds them as they are.

    Raises:
        CellError: see `parse_datetime`.
    """
    for text in texts:
        if text != ENCODED_MISSING:
            parse_datetime(text)
    return np.array(texts, dtype=np.object_)


def convert_datetimes(texts: Sequence[str], dtype: DType) -> Array:
    """Converts to seconds since 1970 for floats, to nanoseconds for integers.

    A missing one is NaN. Integers cannot hold it; then the result is of floats.

    Raises:
        CellError: see `parse_datetime`.
    """
    if dtype.kind == "f" or ENCODED_MISSING in texts:
        seconds = [
            parse_datetime(text) / 1e9 if text != ENCODED_MISSING else np.nan for text in texts
        ]
        return np.array(seconds, np.float64).astype(np.float64 if dtype.kind != "f" else dtype)
    return np.array([parse_datetime(text) for text in texts], np.int64)
