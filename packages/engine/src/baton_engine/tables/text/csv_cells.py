"""Casts CSV cells to a column, as `pandas.read_csv` does with the schema's type."""

import math
import re
from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from baton_engine.tables.cell_errors import CellError
from baton_engine.tables.cell_messages import format_range_message
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import ENCODED_MISSING, Array
from baton_engine.tables.text.datetimes import cast_datetimes
from baton_registry.versions.schema import Column

PANDAS_MISSING_TEXTS = frozenset({
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip
"""The texts that pandas reads as missing: https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html"""

_BOOLEANS = {"true": True, "false": False}
# Of these characters, int() and float() accept what the patterns below accept.
_OF_INTEGERS = re.compile(r"[0-9+-]*")
_OF_FLOATS = re.compile(r"[0-9+.eE-]*")
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)
# float() also accepts 1_000, digits of other alphabets and NAN. Adjacent parts never match the same
# digits, so the time for a long cell stays linear.
_NUMBER = re.compile(
    r"\s*[+-]?((\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|inf(inity)?)\s*", re.ASCII | re.IGNORECASE
)


def cast_csv_cells(
    column: Column, values: Sequence[str], missing: Container[str] = PANDAS_MISSING_TEXTS
) -> Array:
    """Casts as `pandas.read_csv(dtype=…)` does: a column has numbers or booleans, not both.

    Args:
        column: the column.
        values: one value per row.
        missing: the texts that mean a missing value.

    Raises:
        ValueError: a value does not have the column's type.
    """
    if column.type == "string":
        texts: list[Any] = [ENCODED_MISSING if value in missing else value for value in values]
        return np.array(texts, dtype=np.object_)
    if column.type == "datetime":
        return cast_datetimes([ENCODED_MISSING if v in missing else v.strip() for v in values])
    plain = cast_plain_numbers(column, values)
    if plain is not None:
        return plain
    if {value.lower() for value in values} <= _BOOLEANS.keys():
        parsed: list[Any] = [_BOOLEANS[value.lower()] for value in values]
    elif column.type in ("float", "double"):
        parsed = [_parse_number(value, missing) for value in values]
    else:
        parsed = [_parse_whole(column, value, missing) for value in values]
    with np.errstate(over="ignore"):
        return np.array(parsed, dtype=COLUMN_TYPES[column.type].dtype)


def cast_plain_numbers(column: Column, values: Sequence[str]) -> Array | None:
    """Casts numbers in usual forms, several times faster than one by one.

    Returns:
        The numbers; None for a column of text, or if a value may be something else, may be missing,
        or does not fit the type.
    """
    if COLUMN_TYPES[column.type].is_text or not all(values):
        return None
    is_float = column.type in ("float", "double")
    if not (_OF_FLOATS if is_float else _OF_INTEGERS).fullmatch("".join(values)):
        return None
    try:
        numbers = [*map(float if is_float else int, values)]
    except ValueError:
        return None
    least, greatest = COLUMN_TYPES[column.type].limits
    if not is_float and numbers and (min(numbers) < least or max(numbers) > greatest):
        return None
    with np.errstate(over="ignore"):
        return np.array(numbers, dtype=COLUMN_TYPES[column.type].dtype)


def _parse_number(value: str, missing: Container[str]) -> float:
    if value in missing:
        return math.nan
    if not _NUMBER.fullmatch(value):
        raise CellError("must be a number")
    return float(value)


def _parse_whole(column: Column, value: str, missing: Container[str]) -> int:
    least, greatest = COLUMN_TYPES[column.type].limits
    if _INTEGER.fullmatch(value):
        number: float = int(value)
    else:
        number = _parse_number(value, missing)
        if not number.is_integer():  # false for NaN and infinity
            raise CellError(f"must be {'true or false' if least == 0 else 'a whole number'}")
    if not least <= number <= greatest:
        raise CellError(format_range_message(column.type))
    return int(number)
