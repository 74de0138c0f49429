"""Groups Arrow's types into families."""

import re
from functools import lru_cache
from typing import Any, Literal

from arro3.core import DataType

Family = Literal["null", "text", "boolean", "number", "decimal", "time", "nested", "bytes", "other"]

# In arro3's annotations, `bool` is the method `DataType.bool`, so mypy misreads its predicates.
_Type: Any = DataType
_KEPT_TYPES = 256
"""Types whose family is kept: to find it takes 11 µs, and each column of each chunk has one."""
_FAMILIES: tuple[tuple[Family, tuple[str, ...]], ...] = (
    ("null", ("null",)),
    ("text", ("string", "large_string", "string_view")),
    ("boolean", ("boolean",)),
    ("number", ("integer", "floating")),
    ("decimal", ("numeric",)),  # `is_decimal` misses decimals of 32 and 64 bits
    ("other", ("interval",)),  # months have no fixed length
    ("time", ("temporal",)),
    ("bytes", ("binary", "large_binary", "binary_view", "fixed_size_binary")),
    ("nested", ("nested",)),
)


@lru_cache(_KEPT_TYPES)
def get_family(kind: DataType) -> Family:
    """Returns the family of a type; for an encoded column, that of its values."""
    if is_encoded(kind) and kind.value_type is not None:
        return get_family(kind.value_type)
    for family, predicates in _FAMILIES:
        if any(getattr(_Type, f"is_{name}")(kind) for name in predicates):
            return family
    return "other"


@lru_cache(_KEPT_TYPES)
def is_encoded(kind: DataType) -> bool:
    """Whether a column is a dictionary or run-end encoded."""
    # `is_run_end_encoded` is true for the integers that count runs, not for such a column.
    return bool(_Type.is_dictionary(kind)) or _parse_name(kind) == "RunEndEncoded"


def get_type_name(kind: DataType) -> str:
    """Returns Arrow's name of a type without parameters; for an encoded one, of its values."""
    if is_encoded(kind) and kind.value_type is not None:
        return get_type_name(kind.value_type)
    return _parse_name(kind)


def _parse_name(kind: DataType) -> str:
    match = re.search(r"<(\w+)", repr(kind))
    return match[1] if match else "unknown"
