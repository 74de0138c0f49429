"""The column types, with their meaning for numpy, JSON, ONNX and the V2 protocol."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from baton_registry.versions.schema import TypeName

DATETIME_WORDS = "a date and time in ISO 8601, such as 2026-01-31T12:00:00"
FLOAT32_MAX = float(np.finfo(np.float32).max)

_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
_FLOAT32 = (-FLOAT32_MAX, FLOAT32_MAX)
_FLOAT64 = (-sys.float_info.max, sys.float_info.max)
_NO_NUMBER = (math.nan, math.nan)


@dataclass(frozen=True)
class ColumnType:
    """A column type.

    Attributes:
        name: MLflow's name.
        dtype: the numpy type if no value is missing.
        python: the Python type of its JSON values.
        limits: the least and greatest number; NaN if it is not a number type.
        words: the type in words, for messages.
        json_schema: the JSON schema of a value.
        onnx: the type of the ONNX input.
        v2: the datatype in the V2 protocol.
        samples: different values for synthetic rows; the first is the plainest.
    """

    name: TypeName
    dtype: np.dtype[Any]
    python: type
    limits: tuple[float, float]
    words: str
    json_schema: Mapping[str, Any]
    onnx: str
    v2: str
    samples: tuple[Any, ...]

    @cached_property
    def is_text(self) -> bool:
        """Whether its values are texts."""
        return self.python is str

    @cached_property
    def is_integer(self) -> bool:
        """Whether it is an integer type."""
        return self.python is int


def _build_number_schema(kind: str, form: str, limits: tuple[float, float]) -> Mapping[str, Any]:
    least, greatest = limits
    return {"type": kind, "format": form, "minimum": least, "maximum": greatest}


_ALL = (
    ColumnType(
        name="boolean",
        dtype=np.dtype(np.bool_),
        python=bool,
        limits=(0, 1),
        words="true or false",
        json_schema={"type": "boolean"},
        onnx="tensor(bool)",
        v2="BOOL",
        samples=(False, True, False, True),
    ),
    ColumnType(
        name="integer",
        dtype=np.dtype(np.int32),
        python=int,
        limits=_INT32,
        words="a whole number",
        json_schema=_build_number_schema("integer", "int32", _INT32),
        onnx="tensor(int32)",
        v2="INT32",
        samples=(0, 1, -1, 10),
    ),
    ColumnType(
        name="long",
        dtype=np.dtype(np.int64),
        python=int,
        limits=_INT64,
        words="a whole number",
        json_schema=_build_number_schema("integer", "int64", _INT64),
        onnx="tensor(int64)",
        v2="INT64",
        samples=(0, 1, -1, 10),
    ),
    ColumnType(
        name="float",
        dtype=np.dtype(np.float32),
        python=float,
        limits=_FLOAT32,
        words="a number",
        json_schema=_build_number_schema("number", "float", _FLOAT32),
        onnx="tensor(float)",
        v2="FP32",
        samples=(0.0, 1.0, -1.0, 10.0),
    ),
    ColumnType(
        name="double",
        dtype=np.dtype(np.float64),
        python=float,
        limits=_FLOAT64,
        words="a number",
        json_schema={"type": "number", "format": "double"},  # JSON numbers have no limits
        onnx="tensor(double)",
        v2="FP64",
        samples=(0.0, 1.0, -1.0, 10.0),
    ),
    ColumnType(
        name="string",
        dtype=np.dtype(np.object_),
        python=str,
        limits=_NO_NUMBER,
        words="text",
        json_schema={"type": "string"},
        onnx="tensor(string)",
        v2="BYTES",
        samples=("a", "a", "a", "a"),
    ),
    ColumnType(
        name="datetime",
        dtype=np.dtype(np.object_),  # texts; the engine converts them to what a model takes
        python=str,
        limits=_NO_NUMBER,
        words=DATETIME_WORDS,
        json_schema={"type": "string", "format": "date-time"},
        onnx="tensor(string)",
        v2="BYTES",
        samples=(
            "2026-01-01T00:00:00",
            "2026-01-31T12:00:00",
            "2025-07-01T06:30:00",
            "2024-02-29T23:59:59",
        ),
    ),
)

COLUMN_TYPES: Mapping[str, ColumnType] = {each.name: each for each in _ALL}
"""The types by name."""
