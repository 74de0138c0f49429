"""What is odd of a column that is used all the same; a line each."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_trainer.tables.columns import cells

ID_SHARE = 0.5
"""What has more different values than this share of its cells names rows; it teaches nothing."""
MIXED_SHARE = 0.5
"""A column of texts of which less than this share are no numbers was likely meant to be numbers."""
MAX_WHOLE = 2**24
"""Larger whole numbers are rounded: ONNX's tree operators take float32 alone."""

_FEW = 50
_SAMPLE_TEXTS = 1_000
_SIGN = re.compile("[%$\u00a2-\u00a5\u20a0-\u20cf]")
"""Per cent and Unicode's currency signs."""
_SEPARATOR = re.compile(r"(?<=\d)[,'\u2019\u00a0\u202f](?=\d{3}(?!\d))")
"""Of thousands, but for a plain space: that would make numbers of telephone numbers."""
_NEGATIVE = re.compile(r"\s*(?:\(([^()]+)\)|[\u2212\u2013\ufe63\uff0d]([^()]+))\s*")
"""In an accountant's parentheses, or with a minus that is no hyphen."""
_ID_NAME = re.compile(r"(?i:(^|[_\W])(id|uuid|guid)$)|[a-z](Id|ID)$")


def list_number_doubts(column: pd.Series) -> Iterator[str]:
    """A line where whole numbers look like an id, and one where a model would round them."""
    present = column.dropna()
    different = present.nunique()
    if not (present % 1 == 0).all():
        return
    if _is_id_like(present, different):
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


def list_text_doubts(column: pd.Series) -> list[str]:
    """A line where numbers were likely meant, and the column is text all the same."""
    if not cells.is_text(column):
        return []
    counts = column.value_counts(sort=False)
    texts = counts.index.tolist()
    is_number = ~np.isnan(cells.parse_numbers(texts))
    subject = f"column {column.name!r} is read as text"
    if look := _describe_look(texts, is_number):
        return [f"{subject} and looks like numbers with {look}"]
    odd_cells = int(counts[~is_number].sum())
    if not 0 < odd_cells < MIXED_SHARE * counts.sum():
        return []
    place = int(column.isin(counts.index[~is_number]).to_numpy().argmax())
    example = column.iloc[place]
    what = (
        f"{odd_cells:,} cells that are no numbers, e.g. {example!r} in row "
        f"{cells.locate_row(column, place)}"
    )
    return [f"{subject} because of {what}; {_suggest_fix(example)}"]


def _suggest_fix(text: str) -> str:
    """What to do about a text among numbers."""
    found = _NEGATIVE.fullmatch(text)
    plain = f"-{found[1] or found[2]}" if found else ""
    if np.isnan(cells.parse_numbers([plain])).any():
        return "leave such cells empty"
    return f"write negative numbers with a hyphen, e.g. {plain}"


def _describe_look(texts: Sequence[str], is_number: NDArray[np.bool_]) -> str | None:
    """What the texts would be numbers with, and what to do then."""
    if cells.has_decimal_commas(texts):
        return "a decimal comma; if so: --decimal ,"
    if is_number.all():
        return None if cells.has_codes(texts) else "a decimal point; if so: --decimal ."
    example = _find_formatted_number(texts)
    if example is None:
        return None
    what = "a sign" if _SIGN.search(example) else "thousands separators"
    return f"{what}, e.g. {example!r}; if so, write them as plain numbers"


def _find_formatted_number(texts: Sequence[str]) -> str | None:
    """One that is a number but for a sign or separators, where most are numbers without these."""
    sample = texts[:_SAMPLE_TEXTS]
    bare = [_SEPARATOR.sub("", _SIGN.sub("", text)) for text in sample]
    is_none = np.isnan(cells.parse_numbers(bare)) & np.isnan(cells.parse_numbers(bare, ","))
    if 2 * is_none.sum() >= len(sample):
        return None
    changed = (t for t, b, none in zip(sample, bare, is_none, strict=True) if b != t and not none)
    return next(changed, None)


def _is_id_like(present: pd.Series, different: int) -> bool:
    if len(present) < _FEW:
        return False
    is_named_so = _ID_NAME.search(str(present.name)) is not None
    return different == len(present) or (is_named_so and different > ID_SHARE * len(present))
