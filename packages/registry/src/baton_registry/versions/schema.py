"""A model's schema: input columns of scalar types, and what is recorded of its outputs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from baton_registry.versions.output_schema import Label, Task

TypeName = Literal["boolean", "integer", "long", "float", "double", "string", "datetime"]

MAX_LISTED = 10
"""The number of reasons in a message. MLflow's tags do not hold thousands."""


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
