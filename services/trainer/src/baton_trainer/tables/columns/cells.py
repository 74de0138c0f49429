"""A column of text cells, typed: missing, boolean, whole or fractional numbers, else text.

What a column is depends on its different texts alone, so those are judged, not its cells: of a
million cells most say what others have said.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.tables.column_types import FLOAT32_MAX
from baton_engine.tables.text.missing_values import is_missing
from baton_trainer.errors import DataError

MAX_NUMBER = FLOAT32_MAX
"""ONNX's tree operators take float32 alone: a larger number would reach the model as infinity."""

_LEADING_ZERO = re.compile(r"\s*[+-]?0\d")
_COMMA_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d{3})*)?,?\d+(e[+-]?\d+)?\s*", re.IGNORECASE)
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})+\s*")
_BOOLEANS = {"true": True, "false": False}

Texts = NDArray[np.object_]


def convert(text: pd.Series, decimal: str = ".") -> pd.Series:
    """The column in its own type, one of four, judged by all its cells.

    - `int64`: whole numbers without a gap;
    - `float64`: other numbers, NaN for a gap;
    - `bool`, or with gaps `object` holding None for a gap: `true` and `false` in any case;
    - `object`: text, None for a gap. Numbers with leading zeros are text: they are codes.
    """
    codes, different = pd.factorize(text.to_numpy(object))
    gaps = find_missing(different)
    present = different[~gaps]
    values = _convert_numbers(present, decimal)
    if values is None:
        values = _convert_booleans(present)
    if values is None:  # Text stays unstripped: callers will send what the file holds.
        values = present
    return _build_series(text, _expand(values, gaps, codes))


def convert_to_text(column: pd.Series) -> pd.Series:
    """A column of texts or of another type as text whatever it looks like, None for a gap."""
    present = column.dropna()
    if column.dtype.kind == "f" and (present % 1 == 0).all():
        present = present.astype(np.int64)  # whole numbers with gaps
    texts = present.map(str).reindex(column.index, fill_value="").to_numpy(object)
    codes, different = pd.factorize(texts)
    gaps = find_missing(different)
    return _build_series(column, _expand(different[~gaps], gaps, codes))


def is_text(column: pd.Series) -> bool:
    """Whether a typed column is text, rather than numbers or booleans."""
    return column.dtype == object and not column.dropna().isin(_BOOLEANS.values()).all()


def find_missing(texts: Texts) -> NDArray[np.bool_]:
    """True for those that mean a missing value."""
    return np.array([is_missing(text) for text in texts], np.bool_)


def locate_row(column: pd.Series, place: int) -> int:
    """The number of a row in its file, the first below the names being 1."""
    return int(column.index.to_numpy()[place]) + 1


def check_size(column: pd.Series) -> None:
    """Refuses a typed column that holds a number which cannot reach a model.

    Raises:
        DataError: it is infinite, or larger than `MAX_NUMBER`.
    """
    if column.dtype.kind != "f":
        return
    is_too_large = column.abs() > MAX_NUMBER
    if is_too_large.any():
        value = column[is_too_large].iloc[0]
        row = int(is_too_large.to_numpy().argmax())
        what = "an infinite number" if np.isinf(value) else f"{value:g}, too large for a model"
        raise DataError(
            f"column {column.name!r} holds {what}, in row {locate_row(column, row)}; mend that "
            f"cell, or leave the column out: --drop {column.name}"
        )


def parse_numbers(texts: Sequence[str], decimal: str = ".") -> NDArray[np.float64]:
    """The texts as numbers, NaN for those that are none."""
    if decimal == ",":
        texts = [text.replace(",", ".") if "." not in text else "" for text in texts]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object).str.strip(), errors="coerce")
    return numbers.to_numpy(np.float64)


def has_codes(texts: Iterable[str]) -> bool:
    """Whether one of the texts is a number with leading zeros: then all are codes."""
    return any(map(_LEADING_ZERO.match, texts))


def has_decimal_commas(texts: Sequence[str]) -> bool | None:
    """Whether the texts are numbers with a decimal comma; None where it may be that of thousands.

    `1,234` alone may be either.
    """
    if not any("," in text for text in texts) or not all(map(_COMMA_NUMBER.fullmatch, texts)):
        return False
    return None if all(map(_THOUSANDS.fullmatch, (t for t in texts if "," in t))) else True


def _convert_numbers(present: Texts, decimal: str) -> NDArray[Any] | None:
    """The texts as int64 or float64; None where one of them is no number, or is a code."""
    if not len(present):
        return None
    texts = pd.Series(present, dtype=object)
    if decimal == ",":
        if texts.str.contains(".", regex=False).any():
            return None
        texts = texts.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(texts.str.strip(), errors="coerce")
    if numbers.isna().any() or has_codes(present):
        return None
    return numbers.to_numpy(None if numbers.dtype == np.int64 else np.float64)


def _convert_booleans(present: Texts) -> NDArray[np.bool_] | None:
    lowered = [text.strip().lower() for text in present]
    if not lowered or not set(lowered) <= set(_BOOLEANS):
        return None
    return np.array([_BOOLEANS[text] for text in lowered], np.bool_)


def _build_series(column: pd.Series, values: NDArray[Any]) -> pd.Series:
    """Other values for a column, of exactly their type: pandas would make its own of texts."""
    return pd.Series(values, index=column.index, name=column.name, dtype=values.dtype)


def _expand(values: NDArray[Any], gaps: NDArray[np.bool_], codes: NDArray[np.intp]) -> NDArray[Any]:
    """The values of the different texts, each in all the cells that say so."""
    if not gaps.any():
        return values[codes]
    is_number = values.dtype.kind in "if"
    all_values = np.full(
        len(gaps), np.nan if is_number else None, np.float64 if is_number else object
    )
    all_values[~gaps] = values
    return all_values[codes]
