"""Warnings about columns that are used although they look suspicious."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_trainer.tables.columns import cells

ID_SHARE = 0.5
"""A column with more distinct values than this share of its cells identifies rows."""
MIXED_SHARE = 0.5
"""If less than this share of a column of texts are not numbers, numbers were probably meant."""
MAX_WHOLE = 2**24
"""Larger whole numbers are rounded: ONNX's tree operators take only float32."""

_FEW = 50
_SAMPLE_TEXTS = 1_000
_SIGN = re.compile("[%$\u00a2-\u00a5\u20a0-\u20cf]")
"""Per cent and Unicode's currency signs."""
_SEPARATOR = re.compile(r"(?<=\d)[,'\u2019\u00a0\u202f](?=\d{3}(?!\d))")
"""Separates thousands; without the plain space, which would match telephone numbers."""
_NEGATIVE = re.compile(r"\s*(?:\(([^()]+)\)|[\u2212\u2013\ufe63\uff0d]([^()]+))\s*")
"""A negative number: in parentheses, or with a minus sign that is not a hyphen."""
_ID_NAME = re.compile(r"(?i:(^|[_\W])(id|uuid|guid)$)|[a-z](Id|ID)$")


def list_number_doubts(column: pd.Series) -> Iterator[str]:
    """Warns about whole numbers that look like an id, or that a model would round."""
    present = column.dropna()
    distinct = present.nunique()
    if not (present % 1 == 0).all():
        return
    if _is_id_like(present, distinct):
        yield (
            f"column {column.name!r} looks like an id: {distinct:,} distinct whole numbers in "
            f"{len(present):,} rows; if it is one, set --id {column.name}"
        )
    if (remaining := present.astype(np.float32).nunique()) < distinct:
        yield (
            f"column {column.name!r} has whole numbers above {MAX_WHOLE:,}, which a model rounds: "
            f"{remaining:,} of {distinct:,} distinct values remain; if they are codes, make the "
            "column a category in baton.toml, else use smaller numbers"
        )


def list_text_doubts(column: pd.Series, *, is_private: bool = False) -> list[str]:
    """Warns about a column of text that was probably meant to be numbers.

    The warning does not quote a cell of a private column.
    """
    if not cells.is_text(column):
        return []
    counts = column.value_counts(sort=False)
    texts = counts.index.tolist()
    is_number = ~np.isnan(cells.parse_numbers(texts))
    subject = f"column {column.name!r} is read as text"
    if look := _describe_look(texts, is_number, is_private=is_private):
        return [f"{subject} but looks like numbers with {look}"]
    other_cells = int(counts[~is_number].sum())
    if not 0 < other_cells < MIXED_SHARE * counts.sum():
        return []
    index = int(column.isin(counts.index[~is_number]).to_numpy().argmax())
    example = column.iloc[index]
    cell = "" if is_private else f"{example!r} "
    line = (
        f"{subject} because {other_cells:,} of {counts.sum():,} cells are not numbers, e.g. "
        f"{cell}in row {cells.locate_row(column, index)}; "
        f"{_suggest_fix(example, is_private=is_private)}"
    )
    return [line]


def _suggest_fix(text: str, *, is_private: bool) -> str:
    """Says what to do about a text among numbers."""
    match = _NEGATIVE.fullmatch(text)
    plain = f"-{match[1] or match[2]}" if match else ""
    if np.isnan(cells.parse_numbers([plain])).any():
        return "leave such cells empty"
    return "write negative numbers with a hyphen" + ("" if is_private else f", e.g. {plain}")


def _describe_look(
    texts: Sequence[str], is_number: NDArray[np.bool_], *, is_private: bool
) -> str | None:
    """Says how the texts differ from plain numbers, and what to do."""
    if cells.has_decimal_commas(texts):
        return "a decimal comma; if so, set --decimal ,"
    if is_number.all():
        return None if cells.has_codes(texts) else "a decimal point; if so, set --decimal ."
    example = _find_formatted_number(texts)
    if example is None:
        return None
    addition = "a sign" if _SIGN.search(example) else "thousands separators"
    quoted = "" if is_private else f", e.g. {example!r}"
    return f"{addition}{quoted}; if so, write plain numbers"


def _find_formatted_number(texts: Sequence[str]) -> str | None:
    """Finds a number with a sign or separators, if most texts are numbers without these."""
    sample = texts[:_SAMPLE_TEXTS]
    bare = [_SEPARATOR.sub("", _SIGN.sub("", text)) for text in sample]
    is_text = np.isnan(cells.parse_numbers(bare)) & np.isnan(cells.parse_numbers(bare, ","))
    if 2 * is_text.sum() >= len(sample):
        return None
    triples = zip(sample, bare, is_text, strict=True)
    return next((text for text, number, no in triples if number != text and not no), None)


def _is_id_like(present: pd.Series, distinct: int) -> bool:
    if len(present) < _FEW:
        return False
    has_id_name = _ID_NAME.search(str(present.name)) is not None
    return distinct == len(present) or (has_id_name and distinct > ID_SHARE * len(present))
