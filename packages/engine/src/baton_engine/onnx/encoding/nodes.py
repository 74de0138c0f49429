"""Reads the nodes and constants of a graph. Whatever is unusual reads as None."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from baton_engine.onnx.encoding.layout import FLOAT32, FLOAT64
from baton_engine.tables.columns import Array, DType

FLOAT, INT64, DOUBLE = 1, 7, 11
"""Data types of a tensor: https://onnx.ai/onnx/api/classes.html#tensorproto."""
TYPES: Mapping[int, DType] = {FLOAT: FLOAT32, DOUBLE: FLOAT64}
_STORED = {
    FLOAT: ("<f4", "float_data"),
    INT64: ("<i8", "int64_data"),
    DOUBLE: ("<f8", "double_data"),
}
_MAX_SIZE = 2**16
"""The most values of a constant that is read: many nodes may take the same one."""
_DOMAINS = {"": "", "ai.onnx": "", "ai.onnx.ml": "ml:"}


class Node:
    """A node with one output.

    Attributes:
        operator: its name; those of `ai.onnx.ml` begin with `ml:`.
        inputs: the names of its inputs.
        output: the name of its output.
        attributes: its attributes by name.
    """

    def __init__(self, node: Any, constants: "Constants") -> None:
        self.operator = _DOMAINS[node.domain] + node.op_type
        self.inputs: tuple[str, ...] = (*node.input,)
        self.output: str = node.output[0]
        self.attributes = {each.name: each for each in node.attribute}
        self._constants = constants

    def read_constant(self, index: int) -> Array | None:
        """Reads an input that is a constant, and None for any other."""
        return self._constants.read(self.inputs[index]) if index < len(self.inputs) else None

    def read_integer(self, name: str, default: int | None = None) -> int | None:
        """Reads an attribute of an integer."""
        return self.attributes[name].i if name in self.attributes else default

    def read_floats(self, name: str) -> Array:
        """Reads an attribute of float32 numbers, empty if it is absent."""
        values = self.attributes[name].floats if name in self.attributes else ()
        return np.array(values, FLOAT32)


class Constants:
    """The constants of a graph."""

    def __init__(self, graph: Any) -> None:
        names = Counter(each.name for each in graph.initializer)
        names.update(each.name for each in graph.input)  # an input may have a default
        self._tensors = {each.name: each for each in graph.initializer if names[each.name] == 1}

    def read(self, name: str) -> Array | None:
        """Reads a constant of float32, float64 or int64, in its shape."""
        tensor = self._tensors.get(name)
        if tensor is None or tensor.data_type not in _STORED or tensor.data_location:
            return None
        code, field = _STORED[tensor.data_type]
        stored = getattr(tensor, field)
        shape = (*tensor.dims,)
        size = math.prod(shape)
        if size > _MAX_SIZE or min(shape, default=0) < 0:
            return None
        if len(tensor.raw_data) == size * np.dtype(code).itemsize and not stored:
            return np.frombuffer(tensor.raw_data, code).reshape(shape)
        return np.array(stored, code).reshape(shape) if len(stored) == size else None


def read_node(node: Any, constants: Constants) -> Node | None:
    """Reads a node of the standard operators with one output."""
    is_usual = node.domain in _DOMAINS and len(node.output) == 1 and node.output[0]
    names = {each.name for each in node.attribute}
    return Node(node, constants) if is_usual and len(names) == len(node.attribute) else None
