"""A model's schema: input columns of scalar types, and what is recorded of its outputs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from baton_registry.errors import InvalidModel
from baton_registry.versions.output_schema import Label, Task

TypeName = Literal["boolean", "integer", "long", "float", "double", "string"]

MAX_LISTED = 10
"""The number of reasons in a message. MLflow's tags do not hold thousands."""
_NAME_COLUMNS = "log the model with named columns"


@dataclass(frozen=True)
class Column:
    """An input column.

    Attributes:
        name: the name in the training table.
        type: MLflow's name of the scalar type.
        required: False if values were missing in training; absent or null then means missing.
        categories: the texts in training, if recorded. Other texts are allowed.
    """

    name: str
    type: TypeName
    required: bool = True
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schema:
    """The input columns, and the recorded part of the outputs. The engine finds out the rest.

    Attributes:
        columns: the input columns in order.
        classes: the labels in the order of the probabilities; None if not recorded.
        task: None if not recorded.
        output_names: the names of several values or labels; empty if not recorded.
        is_matrix: the columns have no names of their own: a row is a list of numbers of one type.
            The columns are then called `0`, `1`, ….
        is_tensor: the matrix is one tensor `[-1, columns]`, not several columns without names.
        tensor_name: the name of this tensor; None if it has none.
        predicts_probabilities: the version's `predict` returns probabilities, because it was logged
            with `pyfunc_predict_fn="predict_proba"`.
    """

    columns: tuple[Column, ...]
    classes: tuple[Label, ...] | None = None
    task: Task | None = None
    output_names: tuple[str, ...] = ()
    is_matrix: bool = False
    is_tensor: bool = False
    tensor_name: str | None = None
    predicts_probabilities: bool = False

    def find_breaks(self, older: "Schema") -> list[str]:
        """Lists why this schema breaks callers of `older`; empty if it does not."""
        before = {column.name: column for column in older.columns}
        now = {column.name: column for column in self.columns}
        reasons = [f"column {name!r} is gone" for name in before if name not in now]
        for name, column in now.items():
            reasons += _find_column_breaks(before.get(name), column)
        if None not in (older.classes, self.classes) and older.classes != self.classes:
            reasons.append(
                f"classes {_format_classes(older.classes)} became {_format_classes(self.classes)}"
            )
        return reasons


def format_breaks(reasons: Sequence[str], separator: str) -> str:
    """Joins the first reasons and the number of the others."""
    more = len(reasons) - MAX_LISTED
    return separator.join([*reasons[:MAX_LISTED], *([f"and {more:,} more"] if more > 0 else [])])


def _find_column_breaks(before: Column | None, now: Column) -> list[str]:
    if before is None:
        return [f"column {now.name!r} is new and required"] if now.required else []
    reasons = []
    if before.type != now.type:
        reasons.append(f"column {now.name!r} was {before.type} and is {now.type}")
    if now.required and not before.required:
        reasons.append(f"column {now.name!r} was optional and is required")
    return reasons


def _format_classes(classes: Iterable[Label] | None) -> str:
    return "[" + ", ".join(map(str, classes or ())) + "]"


def parse_columns(inputs: Any, categories: Mapping[str, Any]) -> tuple[Column, ...]:
    """Parses the columns of MLflow's `signature.inputs`.

    Args:
        inputs: the decoded JSON.
        categories: the texts in training by column, if recorded.

    Raises:
        InvalidModel: it is made of tensors, has no columns, or has a type that Baton cannot score.
    """
    if not isinstance(inputs, list) or not inputs:
        raise InvalidModel("the schema has no input columns; log the model with columns")
    columns = tuple(_parse_column(spec, categories) for spec in inputs)
    names = [column.name for column in columns]
    if len(set(names)) != len(names):
        raise InvalidModel("the schema names a column twice; log the model with distinct names")
    return columns


def _parse_column(spec: Any, categories: Mapping[str, Any]) -> Column:
    if not isinstance(spec, Mapping) or spec.get("type") == "tensor":
        raise InvalidModel(f"the schema is made of tensors, not of named columns; {_NAME_COLUMNS}")
    name, kind = spec.get("name"), spec.get("type")
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
