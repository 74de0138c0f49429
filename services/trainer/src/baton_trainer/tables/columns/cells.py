"""Types a column of texts: booleans, whole numbers, other numbers, or text.

The type depends only on the distinct texts, so each of them is checked once: in large tables most
cells repeat others.
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
"""ONNX's tree operators take only float32: a larger number would become infinity."""

_LEADING_ZERO = re.compile(r"\s*[+-]?0\d")
_COMMA_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d{3})*)?,?\d+(e[+-]?\d+)?\s*", re.IGNORECASE)
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})+\s*")
_BOOLEANS = {"true": True, "false": False}

Texts = NDArray[np.object_]


def convert(text: pd.Series, decimal: str = ".") -> pd.Series:
    """Converts the column to one of four types, by all its cells.

    - `int64`: whole numbers, none missing;
    - `float64`: other numbers, NaN if missing;
    - `bool`, or `object` with None if one is missing: `true` and `false` in any case;
    - `object`: text, None if missing. Numbers with leading zeros are text because they are codes.
    """
    codes, distinct = pd.factorize(text.to_numpy(object))
    missing = find_missing(distinct)
    present = distinct[~missing]
    values = _convert_numbers(present, decimal)
    if values is None:
        values = _convert_booleans(present)
    if values is None:  # Text is not stripped: callers send what the file holds.
        values = present
    return _build_series(text, _expand(values, missing, codes))


def convert_to_text(column: pd.Series) -> pd.Series:
    """Converts a column of any type to text, None if missing."""
    present = column.dropna()
    if column.dtype.kind == "f" and (present % 1 == 0).all():
        present = present.astype(np.int64)  # whole numbers, of which some are missing
    texts = present.map(str).reindex(column.index, fill_value="").to_numpy(object)
    codes, distinct = pd.factorize(texts)
    missing = find_missing(distinct)
    return _build_series(column, _expand(distinct[~missing], missing, codes))


def is_text(column: pd.Series) -> bool:
    """Whether a typed column is text, not numbers or booleans."""
    return column.dtype == object and not column.dropna().isin(_BOOLEANS.values()).all()


def find_missing(texts: Texts) -> NDArray[np.bool_]:
    """Returns True for each text that means a missing value."""
    return np.array([is_missing(text) for text in texts], np.bool_)


def locate_row(column: pd.Series, index: int) -> int:
    """Returns the number of a row in its file; the first row below the header is 1."""
    return int(column.index.to_numpy()[index]) + 1


def check_size(column: pd.Series, *, is_private: bool = False) -> None:
    """Checks that a model can take every number of a typed column.

    The message does not quote a number of a private column.

    Raises:
        DataError: a number is infinite, or larger than `MAX_NUMBER`.
    """
    if column.dtype.kind != "f":
        return
    is_too_large = column.abs() > MAX_NUMBER
    if is_too_large.any():
        value = column[is_too_large].iloc[0]
        row = locate_row(column, int(is_too_large.to_numpy().argmax()))
        example = "a number" if is_private else f"{value:g}"
        number = "an infinite number" if np.isinf(value) else f"{example}, too large for a model,"
        raise DataError(
            f"column {column.name!r} has {number} in row {row}; fix the cell, or leave the column "
            f"out: --drop {column.name}"
        )


def parse_numbers(texts: Sequence[str], decimal: str = ".") -> NDArray[np.float64]:
    """Returns the texts as numbers, NaN for each that is not a number."""
    if decimal == ",":
        texts = [text.replace(",", ".") if "." not in text else "" for text in texts]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object).str.strip(), errors="coerce")
    return numbers.to_numpy(np.float64)


def has_codes(texts: Iterable[str]) -> bool:
    """Whether a text is a number with leading zeros; then all of them are codes."""
    return any(map(_LEADING_ZERO.match, texts))


def has_decimal_commas(texts: Sequence[str]) -> bool | None:
    """Whether the texts are numbers with a decimal comma; None if it may separate thousands.

    `1,234` alone may be either.
    """
    if not any("," in text for text in texts) or not all(map(_COMMA_NUMBER.fullmatch, texts)):
        return False
    return None if all(map(_THOUSANDS.fullmatch, (t for t in texts if "," in t))) else True


def _convert_numbers(present: Texts, decimal: str) -> NDArray[Any] | None:
    """Returns the texts as int64 or float64; None if one is a code or no number."""
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
    """Replaces the values of a column and keeps their type: pandas would change that of texts."""
    return pd.Series(values, index=column.index, name=column.name, dtype=values.dtype)


def _expand(
    values: NDArray[Any], missing: NDArray[np.bool_], codes: NDArray[np.intp]
) -> NDArray[Any]:
    """Returns the value of each cell from the values of the distinct texts."""
    if not missing.any():
        return values[codes]
    is_number = values.dtype.kind in "if"
    all_values = np.full(
        len(missing), np.nan if is_number else None, np.float64 if is_number else object
    )
    all_values[~missing] = values
    return all_values[codes]
