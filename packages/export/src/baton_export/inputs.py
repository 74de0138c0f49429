"""The inputs of a model: named columns, or one matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Union

Kind = Literal["number", "integer", "boolean", "text"]


@dataclass(frozen=True)
class InputColumn:
    """A column of the table that the model takes.

    Attributes:
        name: the column's name in the table, and the name of the ONNX input.
        kind: what its cells are. A missing number is NaN, a missing text is "".
    """

    name: str
    kind: Kind

    @property
    def is_text(self) -> bool:
        """Whether the cells are texts."""
        return self.kind == "text"


@dataclass(frozen=True)
class InputMatrix:
    """A matrix of numbers that the model takes instead of a table.

    Attributes:
        width: the number of columns.
        name: the name of the ONNX input, of shape `[rows, width]`.
    """

    width: int
    name: str = "input"


Inputs = Union[Sequence[InputColumn], InputMatrix]
