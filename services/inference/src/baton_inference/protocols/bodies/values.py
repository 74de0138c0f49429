"""Counts the values in a body before it is parsed, to bound the memory that parsing takes.

A value of two bytes becomes an object of up to a hundred bytes. Parsing 16 MiB of `[],[],…` would
take a gigabyte before any check of the rows.
"""

import numpy as np

from baton_inference.errors import TooManyRows

ALWAYS_ALLOWED = 2**18
"""This many values are always allowed, because they take at most some tens of megabytes."""
_EXTRA_COLUMNS = 16
"""A request may have columns that the protocol ignores."""
_VALUES_PER_CELL = 2
"""A cell may be a list of one value."""
_QUOTE = b'"'[0]
_PRECEDES_VALUE = np.isin(np.arange(256), [*b",[{"])


def compute_max_values(columns: int, max_rows: int) -> int:
    """Computes the most values of a body with this number of columns and rows."""
    return max(ALWAYS_ALLOWED, _VALUES_PER_CELL * (columns + _EXTRA_COLUMNS) * max_rows)


def check_json_values(body: bytes, limit: int) -> None:
    """Raises `TooManyRows` if a JSON text has more values than `limit`."""
    if len(body) <= limit:  # each value takes at least a byte
        return
    # A value follows a comma or the start of a list or an object.
    if sum(map(body.count, (b",", b"[", b"{"))) <= limit:
        return
    # Some of these characters may be in strings. A NUL means UTF-16, because other JSON has none;
    # the count does not find the ends of strings in UTF-16.
    if b"\0" in body or _count_outside_strings(body) > limit:
        raise _build_error(limit)


def check_csv_values(body: bytes, limit: int) -> None:
    """Raises `TooManyRows` if a CSV text has more cells than `limit`. Counts quoted commas, too."""
    if len(body) > limit and sum(map(body.count, (b",", b"\n", b"\r"))) > limit:
        raise _build_error(limit)


def _count_outside_strings(body: bytes) -> int:
    """Counts in byte arrays, because a list of the strings can take a hundred times the memory."""
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"")  # all remaining quotes are unescaped
    codes = np.frombuffer(plain, np.uint8)
    is_inside = np.logical_xor.accumulate(codes == _QUOTE)
    return int(np.count_nonzero(_PRECEDES_VALUE[codes] & ~is_inside))


def _build_error(limit: int) -> TooManyRows:
    return TooManyRows(f"the body has more than {limit} values; send fewer rows per request")
