"""Builds graphs that encode columns, in the forms of converters, and return their matrix."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from baton_registry.versions.schema import Column, Schema

FLOAT, DOUBLE, STRING = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.STRING


class GraphBuilder:
    """A graph under construction. Each method adds a node and returns the name of its output."""

    def __init__(self, kind: int = FLOAT) -> None:
        """Takes the type of the numbers: FLOAT or DOUBLE."""
        self.kind = kind
        self.dtype = np.float32 if kind == FLOAT else np.float64
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = []
        self.columns: list[Column] = []

    def number(self, name: str, *, required: bool = False) -> str:
        """Adds an input and a column."""
        self.columns.append(Column(name, "double", required=required))
        self.inputs.append(helper.make_tensor_value_info(name, self.kind, [None, 1]))
        return name

    def text(self, name: str, *, required: bool = False) -> str:
        """Adds an input and a column."""
        self.columns.append(Column(name, "string", required=required))
        self.inputs.append(helper.make_tensor_value_info(name, STRING, [None, 1]))
        return name

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds a node."""
        name = f"tensor_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, values: Any, dtype: Any = None) -> str:
        """Adds a constant, by default of the numbers' type."""
        name = f"constant_{len(self.constants)}"
        array = np.array(values, dtype or self.dtype)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def join(self, *tensors: str, axis: int = 1) -> str:
        """Adds a `Concat`."""
        return self.add("Concat", *tensors, axis=axis)

    def one_hot(self, text: str, categories: Sequence[str], *, zeros: int = 1) -> str:
        """Adds a one-hot encoder: float32, shape `[n, 1, categories]`."""
        return self.add(
            "OneHotEncoder", text, domain="ai.onnx.ml", cats_strings=categories, zeros=zeros
        )

    def table(self, cube: str, width: int) -> str:
        """Adds a `Reshape` to `[n, width]`."""
        return self.add("Reshape", cube, self.constant([-1, width], np.int64))

    def fill(self, numbers: str, values: Sequence[float]) -> str:
        """Adds an imputer as `baton_export` writes it."""
        gaps = self.add("IsNaN", numbers)
        return self.add("Where", gaps, self.constant([values]), numbers)

    def build(self, matrix: str, width: int, kind: int | None = None) -> tuple[bytes, Schema]:
        """Returns the model, whose values are the matrix with other signs, and its schema."""
        node = helper.make_node("Neg", [matrix], ["value"])
        output = helper.make_tensor_value_info("value", kind or self.kind, [None, width])
        graph = helper.make_graph([*self.nodes, node], "g", self.inputs, [output], self.constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        return bytes(model.SerializeToString()), Schema((*self.columns,), task="quantiles")


CITIES, PLANS = ("Bern", "Oslo"), ("", "basic", "pro")
ROWS = [(1.5, "Bern", "pro"), (None, "Oslo", None), (-2.0, "Rome", "basic"), (0.0, None, "")]


def build_usual(kind: int = FLOAT, zeros: int = 1) -> tuple[GraphBuilder, str]:
    """Builds a number and two texts; returns the graph and its matrix of six cells."""
    graph = GraphBuilder(kind)
    number = graph.fill(graph.join(graph.number("x")), [7.0])
    parts = [
        graph.one_hot(graph.text(name), categories, zeros=zeros)
        for name, categories in (("city", CITIES), ("plan", PLANS))
    ]
    texts = graph.table(graph.join(*parts, axis=2), 5)
    if kind == DOUBLE:
        texts = graph.add("Cast", texts, to=DOUBLE)
    return graph, graph.join(number, texts)
