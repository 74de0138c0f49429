"""Reads Arrow arrays as numbers or texts.

`read_values` keeps the type, `read_texts` returns the texts of categories. Training and scoring use
both, so a value means the same in both.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, dictionary_dictionary, dictionary_indices

from baton_engine.tables.arrow.array_types import get_family, get_type_name, is_encoded
from baton_engine.tables.text.number_texts import format_plain
from baton_engine.tables.values import Form, Numbers, Texts, Unsupported, Values

_Type: Any = DataType
_DISTINCT_TEXTS = DataType.dictionary(DataType.int32(), DataType.string())


def read_values(array: ArrowArray) -> Values:
    """Reads the values of an array of any type, without rounding."""
    kind = array.type
    if is_encoded(kind):
        return _decode(array, as_text=False)
    family = get_family(kind)
    if family == "null":
        return Texts([None], np.zeros(len(array), np.int32))
    if family == "text":
        return encode_texts(array)
    if family in ("boolean", "number"):
        return _to_numbers(_to_list(array)) if array.null_count else array.to_numpy()
    if family == "decimal":
        return _to_numbers([_to_plain(value) for value in _to_list(array)])
    return Unsupported(get_type_name(kind))


def encode_texts(array: ArrowArray) -> Texts:
    """Reads an array of texts: several times faster than a text per row, and each exists once."""
    return _read_dictionary(array.cast(_DISTINCT_TEXTS))


def read_texts(array: ArrowArray) -> Texts | Unsupported:
    """Reads the values of an array of any type as the texts of categories.

    Dates and times are ISO 8601. `number_texts` formats numbers.
    """
    kind = array.type
    if is_encoded(kind):
        decoded = _decode(array, as_text=True)
        return decoded if isinstance(decoded, Texts) else Unsupported(get_type_name(kind))
    family = get_family(kind)
    if family == "time":
        try:
            return _cast_texts(array.cast(DataType.string()), "time")
        except Exception:  # noqa: BLE001 - of the library: a time outside of the calendar
            return Unsupported(f"{get_type_name(kind)} beyond the calendar")
    if family in ("boolean", "number", "decimal"):
        texts = [format_plain(value) for value in _to_list(array)]
        form: Form = "boolean" if family == "boolean" else "number"
        return _cast_texts(ArrowArray(texts, DataType.string()), form)
    values = read_values(array)
    return values if isinstance(values, Texts) else Unsupported(get_type_name(kind))


def _cast_texts(array: ArrowArray, form: Form) -> Texts:
    return replace(encode_texts(array), form=form)


def _decode(array: ArrowArray, *, as_text: bool) -> Values:
    """Decodes an encoded array, value by value of its dictionary."""
    kind = array.type
    if not _Type.is_dictionary(kind):
        plain = array.cast(kind.value_type) if kind.value_type is not None else array
        return read_texts(plain) if as_text else read_values(plain)
    dictionary = dictionary_dictionary(array)
    if get_family(dictionary.type) == "text":
        return _read_dictionary(array)
    values = read_texts(dictionary) if as_text else read_values(dictionary)
    codes, has_missing = _read_codes(array)
    if isinstance(values, Texts):
        with_missing = np.append(values.codes, np.int32(len(values.distinct)))
        return Texts([*values.distinct, None], with_missing[codes], values.form)
    if isinstance(values, np.ndarray):
        numbers: Numbers = (np.append(values, np.nan) if has_missing else values)[codes]
        return numbers
    return values


def _read_dictionary(array: ArrowArray) -> Texts:
    """Reads a dictionary of texts."""
    codes, has_missing = _read_codes(array)
    texts = _to_list(dictionary_dictionary(array))
    return Texts([*texts, *([None] if has_missing else ())], codes)


def _read_codes(array: ArrowArray) -> tuple[np.ndarray[Any, np.dtype[np.int32]], bool]:
    """Returns each row's dictionary index, and whether any is missing: the index past the end."""
    indices = dictionary_indices(array)
    if not indices.null_count:
        return indices.to_numpy().astype(np.int32, copy=False), False
    missing = len(dictionary_dictionary(array))
    codes = [missing if index is None else index for index in _to_list(indices)]
    return np.array(codes, np.int32), True


def _to_list(array: ArrowArray) -> list[Any]:
    """Converts to Python values, None for a missing one."""
    values: Any = array.to_pylist()  # a list, despite its annotation
    return [*values]


def _to_numbers(values: Sequence[Any]) -> Numbers:
    """Converts to an array; floats if a value is missing or no integer type fits."""
    if None in values:
        return np.array(values, dtype=np.float64)
    array = np.array(values)
    return array.astype(np.float64) if array.dtype == np.object_ else array


def _to_plain(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
