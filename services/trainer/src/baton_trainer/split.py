"""Which rows are held out: decided by each row itself, never by its place in the file.

A row is its features. Rows that are equal in what the model sees are on one side, whatever their
target says, so nothing that judges a model was also learned from. A row keeps its side when rows
are added, removed or put in another order, when its label is corrected, or when a dropped column
changes: the rows that judge a challenger are rows that production did not learn from either.

The hash is our own arithmetic on values, not a library's: it is the same on every platform and
with every version of pandas. Text is BLAKE2b (RFC 7693); numbers are their IEEE 754 bits; both are
mixed by the finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HELD_OUT_SHARE = 0.2
COMMON_COPIES, COMMON_SHARE = 5, 0.01
"""A row that is there more often than both is what many cases look like, not a duplicate.

Kept together, such rows would make the held-out share a lottery: with groups of at most 1 % of
the rows each, its standard deviation is at most 4 points.
"""

Hashes = NDArray[np.uint64]

_GAMMA = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: SplitMix64's step
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31


@dataclass(frozen=True)
class Split:
    """The two sides of a table.

    Attributes:
        held_out: shape `[rows]`, True for the rows, about a fifth, that training must not see.
        common: shape `[rows]`, True for the copies of common rows, which are on both sides.
    """

    held_out: NDArray[np.bool_]
    common: NDArray[np.bool_]


def split(features: pd.DataFrame) -> Split:
    """Splits a table by its typed features, shape `[rows, columns]`.

    The n-th copy of a common row is hashed with n, so that a table of few different rows is held
    out evenly too.
    """
    hashes = row_hashes(features)
    copies = pd.Series(hashes).groupby(hashes, sort=False)
    is_common = copies.transform("size") > max(COMMON_COPIES, COMMON_SHARE * len(hashes))
    nth = copies.cumcount().where(is_common, 0).to_numpy(np.uint64)
    decisive = _mixed(hashes + nth * np.uint64(_GAMMA))
    return Split(decisive < np.uint64(HELD_OUT_SHARE * 2**64), is_common.to_numpy())


def row_hashes(features: pd.DataFrame) -> Hashes:
    """A hash for each row, shape `[rows]`; columns are taken by name, their order is no matter.

    Whole numbers, fractions and booleans of the same value are equal, so that a column may get
    gaps, or another number of decimals in its file.
    """
    total = np.zeros(len(features), np.uint64)
    for name, column in features.items():
        total += _mixed(_value_hashes(column) ^ np.uint64(_text_hash(str(name))))
    return total


def _value_hashes(column: "pd.Series[Any]") -> Hashes:
    if column.dtype.kind in "biuf":
        return _number_hashes(column.to_numpy(np.float64))
    codes, different = pd.factorize(column)
    hashes = [
        _text_hash(value) if isinstance(value, str) else _number_hash(value) for value in different
    ]
    return np.array([*hashes, _MISSING], np.uint64)[codes]  # the code of a gap is -1


def _number_hashes(numbers: NDArray[np.float64]) -> Hashes:
    bits = (numbers + 0.0).view(np.uint64)  # -0.0 becomes 0.0
    return np.where(np.isnan(numbers), np.uint64(_MISSING), _mixed(bits))


def _number_hash(number: float) -> int:
    return int(_number_hashes(np.array([number], np.float64))[0])


def _text_hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _mixed(values: Hashes) -> Hashes:
    for shift, factor in _MIX:
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(_LAST_SHIFT))


_MISSING = _text_hash("\0missing")
