"""Builds an ONNX graph node by node, in time linear in its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from baton_export.graph.opsets import IR_VERSION, ML, OPSETS


class Graph:
    """An ONNX graph under construction. Tensors are known by name."""

    def __init__(self) -> None:
        """Starts an empty graph."""
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._taken: set[str] = set()
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def add_input(self, name: str, kind: int, shape: Sequence[int | None]) -> str:
        """Adds an input, before any node: its name is exactly `name`."""
        self._taken.add(name)
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def add(
        self, operator: str, *inputs: str, domain: str = "", output: str = "", **attributes: Any
    ) -> str:
        """Adds a node with one output and returns its name."""
        return self.add_many(operator, inputs, (output,), domain, **attributes)[0]

    def add_many(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str = "",
        **attributes: Any,
    ) -> list[str]:
        """Adds a node; an output without a name gets one."""
        names = [self.reserve(each or operator.lower()) for each in outputs]
        node = helper.make_node(operator, inputs, names, domain=domain, **attributes)
        node.name = names[0]
        self._nodes.append(node)
        return names

    def add_ml(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node of ONNX's machine-learning operators, with one output."""
        return self.add(operator, *inputs, domain=ML, **attributes)

    def add_constant(self, values: Any) -> str:
        """Adds a constant; equal ones are one. Texts are an array of objects."""
        array = np.asarray(values)
        if array.dtype.kind in "OUS":
            content = "\0".join(map(str, array.reshape(-1))).encode()
            texts = [str(each).encode() for each in array.reshape(-1)]
            kind = onnx.TensorProto.STRING
            tensor = onnx.TensorProto(data_type=kind, dims=array.shape, string_data=texts)
        else:
            content = array.tobytes()
            tensor = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape))
        key = (array.dtype.str, array.shape, content)
        if key not in self._constants:
            tensor.name = self._constants[key] = self.reserve("constant")
            self._initializers.append(tensor)
        return self._constants[key]

    def reserve(self, wish: str) -> str:
        """Returns a free name like `wish`, and takes it."""
        name, number = wish, len(self._taken)
        while name in self._taken:
            name, number = f"{wish}_{number}", number + 1
        self._taken.add(name)
        return name

    def inline(self, model: onnx.ModelProto, inputs: Mapping[str, str]) -> list[str]:
        """Adds another graph, given the tensors for its inputs; returns its outputs' tensors.

        The graphs of converters have no subgraphs that refer to outer tensors, but for loops of
        neighbours: their names are kept apart by a prefix in all subgraphs too.
        """
        names = dict(inputs)
        for each in model.graph.initializer:
            names[each.name] = self.reserve(each.name)
            tensor = onnx.TensorProto()
            tensor.CopyFrom(each)
            tensor.name = names[each.name]
            self._initializers.append(tensor)
        for source in model.graph.node:
            node = onnx.NodeProto()
            node.CopyFrom(source)
            _rename(node, names, self.reserve)
            self._nodes.append(node)
        return [names[each.name] for each in model.graph.output]

    def reserve_output(self, name: str) -> str:
        """Takes an output's name, before any node; a `_` follows if a column has it."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def add_output(self, name: str, tensor: str, kind: int, width: tuple[int, ...] = ()) -> None:
        """Gives a tensor the reserved name of an output."""
        self._nodes.append(helper.make_node("Identity", [tensor], [name], name=name))
        self._outputs.append(helper.make_tensor_value_info(name, kind, [None, *width]))

    def build(self) -> onnx.ModelProto:
        """Returns the finished model."""
        graph = helper.make_graph(
            self._nodes, "baton", self._inputs, self._outputs, self._initializers
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="baton-export"
        )


def _rename(node: onnx.NodeProto, names: dict[str, str], reserve: Any) -> None:
    """Renames a node's tensors by `names`, which gains the node's outputs."""
    node.input[:] = [names.get(each, each) for each in node.input]
    for name in node.output:
        names[name] = reserve(name) if name else ""
    node.output[:] = [names[each] for each in node.output]
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            if graph.node:
                _rename_subgraph(graph, dict(names), reserve)


def _rename_subgraph(graph: onnx.GraphProto, names: dict[str, str], reserve: Any) -> None:
    for each in (*graph.input, *graph.initializer):
        names[each.name] = each.name = reserve(each.name)
    for node in graph.node:
        _rename(node, names, reserve)
    for each in graph.output:
        each.name = names.get(each.name, each.name)
