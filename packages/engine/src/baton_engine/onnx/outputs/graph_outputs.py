"""The outputs that an ONNX model declares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baton_engine.tables.columns import MATRIX_NDIM, Array

_INTEGERS = ("tensor(int64)", "tensor(int32)")
_FLOATS = ("tensor(float)", "tensor(double)", "tensor(float16)")


@dataclass(frozen=True)
class GraphOutput:
    """An output as the model declares it. Converters sometimes declare a wrong shape.

    Attributes:
        name: its name.
        type: its type, as ONNX Runtime names it.
        shape: its sizes, None for one that is not fixed; empty if none is declared.
    """

    name: str
    type: str
    shape: tuple[int | None, ...]

    @property
    def is_text(self) -> bool:
        """Whether it is an array of texts."""
        return self.type == "tensor(string)"

    @property
    def is_integer(self) -> bool:
        """Whether it is an array of integers."""
        return self.type in _INTEGERS

    @property
    def is_float(self) -> bool:
        """Whether it is an array of floats of any width."""
        return self.type in _FLOATS

    @property
    def is_map(self) -> bool:
        """Whether it is one mapping per row: a ZipMap."""
        return self.type.startswith("seq(map(")

    @property
    def is_sequence(self) -> bool:
        """Whether it is a sequence of arrays of floats."""
        return self.type.startswith("seq(") and self.type[4:-1] in _FLOATS

    @property
    def width(self) -> int | None:
        """The declared number of values per row; None if it is not fixed."""
        if len(self.shape) == 1:
            return 1
        return self.shape[1] if len(self.shape) == MATRIX_NDIM else None


def list_outputs(nodes: Sequence[Any]) -> tuple[GraphOutput, ...]:
    """Lists the outputs of a session, from ONNX Runtime's descriptions."""
    return tuple(
        GraphOutput(
            each.name,
            each.type,
            tuple(size if isinstance(size, int) else None for size in each.shape),
        )
        for each in nodes
    )


def describe_outputs(outputs: Sequence[GraphOutput]) -> str:
    """Describes the outputs in a message, e.g. `label int64 [n], score float [n, 1]`."""
    return ", ".join(_describe(each) for each in outputs) or "nothing"


def get_width(values: Array) -> int | None:
    """Returns the number of values per row of an answer; None if it is not a table."""
    if values.ndim == 1:
        return 1
    return int(values.shape[1]) if values.ndim == MATRIX_NDIM else None


def _describe(output: GraphOutput) -> str:
    kind = output.type.removeprefix("tensor(").removesuffix(")")
    if not output.shape:
        return f"{output.name} ({kind})"
    sizes = ("n" if size is None else str(size) for size in output.shape)
    return f"{output.name} ({kind} [{', '.join(sizes)}])"
