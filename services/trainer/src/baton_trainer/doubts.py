"""What is odd of a column that is used all the same; a line each."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from baton_trainer import cells

ID_SHARE = 0.5
"""What has more different values than this share of its cells names rows; it teaches nothing."""
MIXED_SHARE = 0.5
"""A column of texts of which less than this share are no numbers was likely meant to be numbers."""
MAX_WHOLE = 2**24
"""Larger whole numbers are rounded: ONNX's tree operators take float32 alone."""

_FEW = 50
_ID_NAME = re.compile(r"(?i:(^|[_\W])(id|uuid|guid)$)|[a-z](Id|ID)$")


def of_number(column: pd.Series) -> Iterator[str]:
    """A line where whole numbers look like an id, and one where a model would round them."""
    present = column.dropna()
    different = present.nunique()
    if not (present % 1 == 0).all():
        return
    if _looks_like_an_id(present, different):
        yield (
            f"column {column.name!r} looks like an id: {different:,} different whole numbers in "
            f"{len(present):,} rows; if it is one: --id {column.name}"
        )
    if (told_apart := present.astype(np.float32).nunique()) < different:
        yield (
            f"column {column.name!r} holds whole numbers above {MAX_WHOLE:,}, which a model "
            f"rounds: it tells {told_apart:,} of {different:,} apart; if they are codes, call it a "
            "category in baton.toml, else give smaller numbers"
        )


def of_text(column: pd.Series) -> list[str]:
    """A line where numbers were likely meant, and the column is text all the same."""
    if not cells.is_text(column):
        return []
    counts = column.value_counts(sort=False)
    texts = counts.index.tolist()
    is_number = ~np.isnan(cells.numbers_among(texts))
    subject = f"column {column.name!r} is read as text"
    if cells.has_decimal_commas(texts):
        return [f"{subject} and looks like numbers with a decimal comma; if so: --decimal ,"]
    if is_number.all():
        if cells.are_codes(texts):
            return []
        return [f"{subject} and looks like numbers with a decimal point; if so: --decimal ."]
    odd_cells = int(counts[~is_number].sum())
    if odd_cells >= MIXED_SHARE * counts.sum():
        return []
    place = int(column.isin(counts.index[~is_number]).to_numpy().argmax())
    what = (
        f"{odd_cells:,} cells that are no numbers, e.g. {column.iloc[place]!r} in row "
        f"{cells.row_number(column, place)}"
    )
    return [f"{subject} because of {what}; leave such cells empty"]


def _looks_like_an_id(present: pd.Series, different: int) -> bool:
    if len(present) < _FEW:
        return False
    is_named_so = _ID_NAME.search(str(present.name)) is not None
    return different == len(present) or (is_named_so and different > ID_SHARE * len(present))
