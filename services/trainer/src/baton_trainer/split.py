"""Which rows are held out: decided by each row itself, never by its place in the file.

A row keeps its side when rows are added, removed or put in another order. So the rows that judge a
challenger are rows that production did not learn from either, as long as the file's columns stay.
"""

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HELD_OUT_SHARE = 0.2

_CELL_END = "\x1f"


def row_hashes(cells: pd.DataFrame) -> NDArray[np.uint64]:
    """A hash for each row of text, shape `[rows]`; the order of rows and columns is of no account.

    The n-th of identical rows is hashed with n, so that a table of few distinct rows is held out
    evenly too.
    """
    order = sorted(range(cells.shape[1]), key=lambda place: str(cells.columns[place]))
    rows = cells.iloc[:, order].itertuples(index=False, name=None)
    texts = [_CELL_END.join(row) for row in rows]
    nth = pd.Series(texts, dtype=object).groupby(texts, sort=False).cumcount()
    return np.fromiter(map(_hash, texts, nth), np.uint64, len(texts))


def held_out(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """True for the rows, about a fifth, that training must not see; shape `[rows]`."""
    return hashes < np.uint64(HELD_OUT_SHARE * 2**64)


def _hash(text: str, nth: int) -> int:
    content = f"{text}{_CELL_END}{nth}".encode()
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest())
