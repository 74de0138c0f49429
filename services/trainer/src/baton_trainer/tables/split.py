"""Chooses the held-out rows by a hash of each row, never by its position in the file.

The hash covers the features, not the target. Rows with equal features are on the same side, so no
model is evaluated on a row that it learned from. A row keeps its side when rows are added, removed
or reordered, when its label is corrected, or when a dropped column changes: the rows that evaluate
a challenger are rows that production did not learn from either. If an id repeats
(`identity.find_repeating_id`), the hash covers the id instead.

The hash is Baton's own arithmetic, so it is the same on every platform and with every version of
pandas. Text is hashed by BLAKE2b (RFC 7693), numbers by their IEEE 754 bits; both are mixed by the
finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HELD_OUT_SHARE = 0.2
COMMON_COPIES, COMMON_SHARE = 5, 0.01
"""A row with more copies than both is a common case, not a duplicate.

If all copies stayed together, the held-out share would vary too much. With groups of at most 1 % of
the rows, its standard deviation is at most 4 points.
"""

_GAMMA = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: SplitMix64's step
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31


Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Split:
    """The two sides of a table.

    Attributes:
        held_out: shape `[rows]`, True for about a fifth of the rows, which training must not see.
        common: shape `[rows]`, True for the copies of common rows, which are on both sides.
        groups: shape `[rows]`, equal for rows with the same id; None if no id repeats.
    """

    held_out: NDArray[np.bool_]
    common: NDArray[np.bool_]
    groups: Hashes | None = None


def split(features: pd.DataFrame, identity: "pd.Series[str] | None" = None) -> Split:
    """Splits a table.

    The n-th copy of a common row is hashed with n, so that a table with few distinct rows is also
    split evenly.

    Args:
        features: typed, shape `[rows, columns]`.
        identity: an id that repeats, shape `[rows]`; a row without a value is independent. None
            means that all rows are.
    """
    hashes = hash_rows(features)
    if identity is not None:
        groups = np.where(identity.isna(), hashes, hash_rows(identity.to_frame("id")))
        return Split(_is_held_out(groups), np.zeros(len(groups), np.bool_), groups)
    copies = pd.Series(hashes).groupby(hashes, sort=False)
    is_common = copies.transform("size") > max(COMMON_COPIES, COMMON_SHARE * len(hashes))
    nth = copies.cumcount().where(is_common, 0).to_numpy(np.uint64)
    return Split(_is_held_out(hashes + nth * np.uint64(_GAMMA)), is_common.to_numpy())


def hash_rows(features: pd.DataFrame) -> Hashes:
    """Returns a hash for each row, shape `[rows]`; the order of the columns does not matter.

    Whole numbers, fractions and booleans of the same value have the same hash. A column may thus
    get missing values or more decimals without moving a row.
    """
    total = np.zeros(len(features), np.uint64)
    for name, column in features.items():
        total += _mix(_hash_values(column) ^ np.uint64(_hash_text(str(name))))
    return total


def _is_held_out(hashes: Hashes) -> NDArray[np.bool_]:
    return _mix(hashes) < np.uint64(HELD_OUT_SHARE * 2**64)


def _hash_values(column: "pd.Series[Any]") -> Hashes:
    if column.dtype.kind in "biuf":
        return _hash_numbers(column.to_numpy(np.float64))
    codes, distinct = pd.factorize(column)
    hashes = [
        _hash_text(value) if isinstance(value, str) else _hash_number(value) for value in distinct
    ]
    return np.array([*hashes, _MISSING], np.uint64)[codes]  # a missing value has the code -1


def _hash_numbers(numbers: NDArray[np.float64]) -> Hashes:
    bits = (numbers + 0.0).view(np.uint64)  # -0.0 becomes 0.0
    return np.where(np.isnan(numbers), np.uint64(_MISSING), _mix(bits))


def _hash_number(number: float) -> int:
    return int(_hash_numbers(np.array([number], np.float64))[0])


def _hash_text(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _mix(values: Hashes) -> Hashes:
    for shift, factor in _MIX:
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(_LAST_SHIFT))


_MISSING = _hash_text("\0missing")
