"""Parses the input columns of an MLmodel file: MLflow's `signature.inputs`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from baton_registry.errors import InvalidModel
from baton_registry.versions.schema import Column, TypeName

MAX_TENSOR_COLUMNS = 100_000
"""The most columns of a tensor. A few bytes declare any number."""

_TENSOR_TYPES: Mapping[str, TypeName] = {"float32": "float", "float64": "double"}
_NAME_COLUMNS = "log the model with named columns"
_TENSORS = "a tensor of float32 or float64 with the shape [-1, columns]"


@dataclass(frozen=True)
class RecordedInputs:
    """The columns, and their form. See `Schema`."""

    columns: tuple[Column, ...]
    is_matrix: bool = False
    is_tensor: bool = False
    tensor_name: str | None = None


def parse_inputs(inputs: Any, categories: Mapping[str, Any]) -> RecordedInputs:
    """Parses the columns: named ones, a tensor, or numbers of one type without names.

    Args:
        inputs: the decoded JSON.
        categories: the texts in training by column, if recorded.

    Raises:
        InvalidModel: there are no columns, or they have a form or type that Baton cannot score.
    """
    if not isinstance(inputs, list) or not inputs:
        raise InvalidModel("the schema has no input columns; log the model with columns")
    if not all(isinstance(spec, Mapping) for spec in inputs):
        raise InvalidModel(f"the schema is not made of columns; {_NAME_COLUMNS}")
    if any(spec.get("type") == "tensor" for spec in inputs):
        return _parse_tensor(inputs)
    if all(spec.get("name") is None for spec in inputs):
        return _parse_unnamed(inputs)
    columns = tuple(_parse_column(spec, categories) for spec in inputs)
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise InvalidModel("the schema names a column twice; log the model with distinct names")
    return RecordedInputs(columns)


def _parse_tensor(inputs: list[Mapping[str, Any]]) -> RecordedInputs:
    spec = inputs[0].get("tensor-spec")
    if len(inputs) != 1 or not isinstance(spec, Mapping):
        raise InvalidModel(
            f"the schema has {len(inputs)} inputs made of tensors; {_NAME_COLUMNS}, or {_TENSORS}"
        )
    dtype, shape, name = str(spec.get("dtype")), spec.get("shape"), inputs[0].get("name")
    kind, width = _TENSOR_TYPES.get(dtype), _get_width(shape)
    if kind is None or width is None:
        raise InvalidModel(
            f"the schema is a tensor of {dtype[:20]} with the shape {str(shape)[:50]}; log the"
            f" model with {_TENSORS}, or with named columns"
        )
    columns = tuple(Column(str(at), kind) for at in range(width))
    return RecordedInputs(columns, True, True, name if isinstance(name, str) else None)


def _get_width(shape: Any) -> int | None:
    """Returns the number of columns of the shape `[-1, columns]`; None for another shape."""
    match shape:
        case [-1, width] if type(width) is int and 0 < width <= MAX_TENSOR_COLUMNS:
            return width
    return None


def _parse_unnamed(inputs: list[Mapping[str, Any]]) -> RecordedInputs:
    kinds = {str(spec.get("type")) for spec in inputs}
    (kind,) = kinds if len(kinds) == 1 else ("",)
    if kind not in ("integer", "long", "float", "double"):
        raise InvalidModel(
            f"the schema has columns without a name, of type {', '.join(sorted(kinds))[:100]};"
            f" without names, all must have one number type; {_NAME_COLUMNS}"
        )
    columns = (_parse_column({**spec, "name": str(at)}, {}) for at, spec in enumerate(inputs))
    return RecordedInputs(tuple(columns), is_matrix=True)


def _parse_column(spec: Mapping[str, Any], categories: Mapping[str, Any]) -> Column:
    name, kind = spec.get("name"), spec.get("type")
    if type(name) is int:  # pandas numbers columns that have no names
        name = str(name)
    if not isinstance(name, str):
        raise InvalidModel(f"the schema has a column without a name; {_NAME_COLUMNS}")
    if kind not in get_args(TypeName):
        raise InvalidModel(
            f"column {name!r} has type {kind!r}; supported are {', '.join(get_args(TypeName))}"
        )
    required = spec.get("required", not spec.get("optional", False))
    texts = categories.get(name) if kind == "string" else None
    return Column(
        name=name,
        type=cast("TypeName", kind),
        required=bool(required),
        categories=_parse_texts(texts),
    )


def _parse_texts(values: Any) -> tuple[str, ...]:
    """Converts a list of scalars to texts; empty for others, because YAML lists may be nested."""
    if not isinstance(values, list) or not all(isinstance(v, str | int | float) for v in values):
        return ()
    return tuple(map(str, values))
