"""Brings the outputs of a converter's graph to Baton's names, types and shapes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import onnx
from onnx import TensorProto, helper

from baton_export.tasks import ModelTask

_SEQUENCE = "sequence_type"


def finish_outputs(model: onnx.ModelProto, task: ModelTask) -> None:
    """Replaces the outputs: see `ModelTask.outputs`.

    `label` is int64 or text, `probabilities` float32, `value` double; `score` stays as it is.
    """
    graph = model.graph
    tables = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "ZipMap"}
    _remove_zip_maps(graph)
    found = [(tables.get(each.name, each.name), each) for each in graph.output]
    del graph.output[:]
    for output, (name, info) in zip(task.outputs, found):
        kind = info.type.tensor_type.elem_type
        if output == "label":
            _finish_label(graph, name, kind, task)
        elif output == "value":
            shape = _shape(graph, [-1, len(task.names) or 1])
            table = _add(graph, "Reshape", [_cast(graph, name, TensorProto.DOUBLE), shape])
            _finish(graph, table, "value", TensorProto.DOUBLE, (len(task.names) or 1,))
        elif output == "score":
            flat = _add(graph, "Reshape", [name, _shape(graph, [-1])])
            _finish(graph, flat, "score", kind)
        else:
            is_sequence = name == info.name and info.type.WhichOneof("value") == _SEQUENCE
            _finish_probabilities(graph, name, task, is_sequence=is_sequence)


def _finish_probabilities(graph: Any, name: str, task: ModelTask, *, is_sequence: bool) -> None:
    if task.task == "multilabel":
        name = _take_positive(graph, name, is_sequence=is_sequence)
    width = (len(task.classes or task.names),)
    _finish(graph, _cast(graph, name, TensorProto.FLOAT), "probabilities", TensorProto.FLOAT, width)


def _remove_zip_maps(graph: Any) -> None:
    """Removes the last step of skl2onnx, which makes a list of dictionaries of the probabilities.

    An option would prevent it, but only for classes in skl2onnx's registry.
    """
    nodes = [copy.deepcopy(node) for node in graph.node if node.op_type != "ZipMap"]
    del graph.node[:]
    graph.node.extend(nodes)


def _finish_label(graph: Any, name: str, kind: int, task: ModelTask) -> None:
    kind = TensorProto.STRING if kind == TensorProto.STRING else TensorProto.INT64
    width = (len(task.names),) if task.task == "multilabel" else ()
    if kind == TensorProto.INT64:
        name = _cast(graph, name, kind)
    flat = _add(graph, "Reshape", [name, _shape(graph, [-1, *width])])
    _finish(graph, flat, "label", kind, width)


def _take_positive(graph: Any, name: str, *, is_sequence: bool) -> str:
    """Returns the probability of each label's second class, `[rows, labels]`.

    A converter gives `[labels, rows, 2]`, a sequence of `[rows, 2]`, or `[rows, labels]` itself.
    """
    if is_sequence:
        name = _add(graph, "ConcatFromSequence", [name], axis=0, new_axis=1)
    one = _constant(graph, [1], shape=())
    return _add(graph, "Transpose", [_add(graph, "Gather", [name, one], axis=2)], perm=[1, 0])


def _finish(graph: Any, name: str, output: str, kind: int, width: tuple[int, ...] = ()) -> None:
    """Adds an output; a column may have the same name, then it gets a `_`."""
    taken = {each.name for each in (*graph.input, *graph.output)}
    while output in taken:
        output += "_"
    _rename_inside(graph, output)
    graph.node.append(helper.make_node("Identity", [name], [output], name=output))
    graph.output.append(helper.make_tensor_value_info(output, kind, [None, *width]))


def _rename_inside(graph: Any, name: str) -> None:
    new = f"{name}_inside"
    for node in graph.node:
        node.input[:] = [new if each == name else each for each in node.input]
        node.output[:] = [new if each == name else each for each in node.output]


def _cast(graph: Any, name: str, kind: int) -> str:
    return _add(graph, "Cast", [name], to=kind)


def _add(graph: Any, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
    output = f"baton_{len(graph.node)}"
    graph.node.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
    return output


def _shape(graph: Any, values: Sequence[int]) -> str:
    return _constant(graph, values, shape=(len(values),))


def _constant(graph: Any, values: Sequence[int], shape: tuple[int, ...]) -> str:
    name = f"baton_constant_{len(graph.initializer)}"
    graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, shape, values))
    return name
