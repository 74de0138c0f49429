"""Arrow's types, sorted into the few kinds that columns are made of."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from arro3.core import DataType

Family = Literal["null", "text", "boolean", "number", "decimal", "time", "nested", "bytes", "other"]

# The annotations of its predicates take `bool` for the method of that name.
_Type: Any = DataType
_FAMILIES: tuple[tuple[Family, tuple[str, ...]], ...] = (
    ("null", ("null",)),
    ("text", ("string", "large_string", "string_view")),
    ("boolean", ("boolean",)),
    ("number", ("integer", "floating")),
    ("decimal", ("numeric",)),  # `is_decimal` does not know those of 32 and 64 bits
    ("other", ("interval",)),  # months have no length: neither a number nor a time
    ("time", ("temporal",)),
    ("bytes", ("binary", "large_binary", "binary_view", "fixed_size_binary")),
    ("nested", ("nested",)),
)

_LABELS = {bool: DataType.bool(), int: DataType.int64(), str: DataType.string()}


def get_label_type(labels: Sequence[bool | int | str]) -> DataType:
    """The type of a column of such labels."""
    return _LABELS[type(labels[0])]


def get_family(kind: DataType) -> Family:
    """What the values of a type are; those of an encoded column are what they stand for."""
    if is_encoded(kind) and kind.value_type is not None:
        return get_family(kind.value_type)
    for family, predicates in _FAMILIES:
        if any(getattr(_Type, f"is_{name}")(kind) for name in predicates):
            return family
    return "other"


def is_encoded(kind: DataType) -> bool:
    """Whether a column holds references to its values: a dictionary, or runs of equal values."""
    # `is_run_end_encoded` is true of the integers that may count runs, and not of such a column.
    return bool(_Type.is_dictionary(kind)) or _own_name(kind) == "RunEndEncoded"


def get_type_name(kind: DataType) -> str:
    """Arrow's name of a type, without its parameters; of an encoded one, of its values."""
    if is_encoded(kind) and kind.value_type is not None:
        return get_type_name(kind.value_type)
    return _own_name(kind)


def _own_name(kind: DataType) -> str:
    found = re.search(r"<(\w+)", repr(kind))
    return found[1] if found else "unknown"
