"""Arrow arrays as the few kinds of values that columns are made of."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, dictionary_dictionary, dictionary_indices

from baton_engine.tables.values import Numbers, Odd, Texts, Values

# The annotations of its predicates take `bool` for the method of that name.
_Type: Any = DataType
_IS_TEXT = (_Type.is_string, _Type.is_large_string, _Type.is_string_view)
_IS_NUMBER = (_Type.is_boolean, _Type.is_integer, _Type.is_floating)
_DISTINCT_TEXTS = DataType.dictionary(DataType.int32(), DataType.string())


def values_of(array: ArrowArray) -> Values:
    """The values of an array of any type; nothing is rounded."""
    kind = array.type
    if _Type.is_null(kind):
        return Texts([None], np.zeros(len(array), np.int32))
    if _Type.is_dictionary(kind):
        return _looked_up(array)
    if any(is_text(kind) for is_text in _IS_TEXT):
        # Several times as fast as a text for each row, and no text is copied for many.
        return _looked_up(array.cast(_DISTINCT_TEXTS))
    if any(is_number(kind) for is_number in _IS_NUMBER):
        return _numbers(_listed(array)) if array.null_count else array.to_numpy()
    if _Type.is_decimal(kind):
        return _numbers([_plain(value) for value in _listed(array)])
    return Odd(_name(kind))


def _looked_up(array: ArrowArray) -> Values:
    """A dictionary's values, each by its index."""
    dictionary, indices = dictionary_dictionary(array), dictionary_indices(array)
    has_gaps = bool(indices.null_count)
    if has_gaps:
        gap = len(dictionary)
        places = [gap if index is None else index for index in _listed(indices)]
        codes = np.array(places, np.int32)
    else:
        codes = indices.to_numpy().astype(np.int32, copy=False)
    if any(is_text(dictionary.type) for is_text in _IS_TEXT):
        return Texts([*_listed(dictionary), *([None] if has_gaps else ())], codes)
    values = values_of(dictionary)
    if isinstance(values, np.ndarray):
        return (np.append(values, np.nan) if has_gaps else values)[codes]
    return values if isinstance(values, Odd) else Odd(_name(array.type))


def _listed(array: ArrowArray) -> list[Any]:
    """The values as Python's own, None for a gap."""
    values: Any = array.to_pylist()  # a list, whatever its annotation says
    return [*values]


def _numbers(values: Sequence[Any]) -> Numbers:
    """The numbers, as floats where one is missing, or where no integer type holds them all."""
    if None in values:
        return np.array(values, dtype=np.float64)
    array = np.array(values)
    return array.astype(np.float64) if array.dtype == np.object_ else array


def _plain(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _name(kind: DataType) -> str:
    found = re.search(r"<(\w+)", repr(kind))
    return found[1] if found else "unknown"
