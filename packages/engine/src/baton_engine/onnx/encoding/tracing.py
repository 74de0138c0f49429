"""Finds the tensors of a graph that are columns, encoded."""

from collections.abc import Container, Mapping
from typing import Any

from baton_engine.engine import EngineError
from baton_engine.onnx.encoding.layout import Layout, Number
from baton_engine.onnx.encoding.nodes import Constants, Node, read_node
from baton_engine.onnx.encoding.operators import OPERATORS, encode_one_hot, fill
from baton_engine.tables.columns import DType

MAX_CELLS = 2**15
"""The most cells of a row. A wider table spends its time in the model."""
_MAX_WORK = 64 * MAX_CELLS
"""The most cells of all layouts: a chain of nodes may repeat the cells of the one before."""


def trace_layouts(
    graph: Any, texts: Container[str], numbers: Mapping[str, DType]
) -> dict[str, Layout]:
    """Finds the layout of every tensor that is encoded columns.

    Args:
        graph: the parsed graph.
        texts: the inputs `[rows, 1]` of texts.
        numbers: the inputs `[rows, 1]` of float32 or float64, with their types.

    Raises:
        EngineError: the graph is unusual, or too large for this.
    """
    tracer = _Tracer(texts, numbers)
    constants = Constants(graph)
    for each in graph.node:
        node = read_node(each, constants)
        if node is not None:
            tracer.trace(node)
    return tracer.layouts


class _Tracer:
    """Follows the nodes in the order of the graph."""

    def __init__(self, texts: Container[str], numbers: Mapping[str, DType]) -> None:
        self.layouts = {
            name: Layout((Number(name, dtype),), dtype) for name, dtype in numbers.items()
        }
        self._texts = texts
        self._gaps: dict[str, str] = {}
        self._work = 0

    def trace(self, node: Node) -> None:
        """Notes the layout of a node's output if it is known."""
        if node.operator == "IsNaN" and node.inputs[0] in self.layouts:
            self._gaps[node.output] = node.inputs[0]
        layout = self._find_layout(node)
        if layout is None:
            return
        self._work += len(layout.cells)
        if len(layout.cells) > MAX_CELLS or self._work > _MAX_WORK:
            raise EngineError("too many cells to encode them outside of ONNX")
        self.layouts[node.output] = layout

    def _find_layout(self, node: Node) -> Layout | None:
        if not node.inputs:
            return None
        if node.operator == "ml:OneHotEncoder":
            (text,) = node.inputs
            return encode_one_hot(node, text) if text in self._texts else None
        if node.operator == "Where":
            condition, _, source = node.inputs
            return fill(node, self.layouts[source]) if self._gaps.get(condition) == source else None
        operator = OPERATORS.get(node.operator)
        return operator and operator(node, [self.layouts.get(each) for each in node.inputs])
