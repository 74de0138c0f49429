"""How many values a body holds, before any of them takes memory.

A value of two bytes becomes an object of up to a hundred: 16 MiB of `[],[],…` would be a gigabyte
before anybody could see that it is not what the model asks for.
"""

import numpy as np

from baton_inference.errors import TooManyRows

ALWAYS_ALLOWED = 2**18
"""So many take some tens of megabytes at most, and are taken however few rows may come."""
_EXTRA_COLUMNS = 16
"""Columns that a protocol ignores may come beside the model's."""
_BRACKETS = 2
"""A cell may stand in a list of its own."""
_QUOTE = b'"'[0]
_IS_BEFORE_VALUE = np.isin(np.arange(256), [*b",[{"])


def compute_max_values(columns: int, max_rows: int) -> int:
    """The most values that a body for so many columns and rows may hold."""
    return max(ALWAYS_ALLOWED, _BRACKETS * (columns + _EXTRA_COLUMNS) * max_rows)


def check_json_values(body: bytes, limit: int) -> None:
    """Raises `TooManyRows` where a JSON text holds more values than `limit`."""
    if len(body) <= limit:  # each takes a byte at least
        return
    # A value is the first of a list or an object, or stands behind a comma.
    if sum(map(body.count, (b",", b"[", b"{"))) <= limit:
        return
    # Some of these may stand in texts. A NUL is in no JSON but in UTF-16, where texts do not end
    # where these bytes say.
    if b"\0" in body or _values_outside_texts(body) > limit:
        raise _too_many(limit)


def check_csv_values(body: bytes, limit: int) -> None:
    """Raises `TooManyRows` where a CSV text holds more cells than that; commas in texts count."""
    if len(body) > limit and sum(map(body.count, (b",", b"\n", b"\r"))) > limit:
        raise _too_many(limit)


def _values_outside_texts(body: bytes) -> int:
    """Counted in arrays of a byte each: a list of the texts could take a hundred times as much."""
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"")  # no quote that is left is escaped
    codes = np.frombuffer(plain, np.uint8)
    is_inside = np.logical_xor.accumulate(codes == _QUOTE)
    return int(np.count_nonzero(_IS_BEFORE_VALUE[codes] & ~is_inside))


def _too_many(limit: int) -> TooManyRows:
    return TooManyRows(f"the body holds more than {limit} values; send fewer rows a request")
