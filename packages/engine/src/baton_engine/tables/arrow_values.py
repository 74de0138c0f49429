"""Arrow arrays as the few kinds of values that columns are made of.

`read_values` gives them in their own type, `read_texts` as the texts of a category. Training and
scoring both read by these, so a value means the same in both.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, dictionary_dictionary, dictionary_indices

from baton_engine.tables.arrow_types import get_family, get_type_name, is_encoded
from baton_engine.tables.text.number_texts import format_plain
from baton_engine.tables.values import Form, Numbers, Texts, Unsupported, Values

_Type: Any = DataType
_DISTINCT_TEXTS = DataType.dictionary(DataType.int32(), DataType.string())


def read_values(array: ArrowArray) -> Values:
    """The values of an array of any type; nothing is rounded."""
    kind = array.type
    if is_encoded(kind):
        return _decoded(array, as_text=False)
    family = get_family(kind)
    if family == "null":
        return Texts([None], np.zeros(len(array), np.int32))
    if family == "text":
        # Several times as fast as a text for each row, and no text is copied for many.
        return _looked_up(array.cast(_DISTINCT_TEXTS))
    if family in ("boolean", "number"):
        return _numbers(_listed(array)) if array.null_count else array.to_numpy()
    if family == "decimal":
        return _numbers([_plain(value) for value in _listed(array)])
    return Unsupported(get_type_name(kind))


def read_texts(array: ArrowArray) -> Texts | Unsupported:
    """The values of an array of any type as texts, by which they are categories.

    Dates and times are written as ISO 8601 has them, numbers as `number_texts` says.
    """
    kind = array.type
    if is_encoded(kind):
        decoded = _decoded(array, as_text=True)
        return decoded if isinstance(decoded, Texts) else Unsupported(get_type_name(kind))
    family = get_family(kind)
    if family == "time":
        try:
            return _with_form(array.cast(DataType.string()), "time")
        except Exception:  # noqa: BLE001 - the library's: a moment that no calendar has
            return Unsupported(f"{get_type_name(kind)} beyond the calendar")
    if family in ("boolean", "number", "decimal"):
        texts = [format_plain(value) for value in _listed(array)]
        form: Form = "boolean" if family == "boolean" else "number"
        return _with_form(ArrowArray(texts, DataType.string()), form)
    values = read_values(array)
    return values if isinstance(values, Texts) else Unsupported(get_type_name(kind))


def _with_form(array: ArrowArray, form: Form) -> Texts:
    found = _looked_up(array.cast(_DISTINCT_TEXTS))
    return Texts(found.distinct, found.codes, form)


def _decoded(array: ArrowArray, *, as_text: bool) -> Values:
    """An encoded array's values, each by its index where there are any."""
    kind = array.type
    if not _Type.is_dictionary(kind):
        plain = array.cast(kind.value_type) if kind.value_type is not None else array
        return read_texts(plain) if as_text else read_values(plain)
    dictionary = dictionary_dictionary(array)
    if get_family(dictionary.type) == "text":
        return _looked_up(array)
    values = read_texts(dictionary) if as_text else read_values(dictionary)
    codes, has_gaps = _codes(array)
    if isinstance(values, Texts):
        with_gap = np.append(values.codes, np.int32(len(values.distinct)))
        return Texts([*values.distinct, None], with_gap[codes], values.form)
    if isinstance(values, np.ndarray):
        found: Numbers = (np.append(values, np.nan) if has_gaps else values)[codes]
        return found
    return values


def _looked_up(array: ArrowArray) -> Texts:
    """A dictionary of texts."""
    codes, has_gaps = _codes(array)
    return Texts([*_listed(dictionary_dictionary(array)), *([None] if has_gaps else ())], codes)


def _codes(array: ArrowArray) -> tuple[np.ndarray[Any, np.dtype[np.int32]], bool]:
    """Each row's place in the dictionary, and whether there are gaps: the place after the last."""
    indices = dictionary_indices(array)
    if not indices.null_count:
        return indices.to_numpy().astype(np.int32, copy=False), False
    gap = len(dictionary_dictionary(array))
    places = [gap if index is None else index for index in _listed(indices)]
    return np.array(places, np.int32), True


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
