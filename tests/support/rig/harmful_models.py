"""Changes the ONNX model of a churn version, so that it harms callers on some rows.

Each change but `change_units` and `slow_down` takes effect only on a share of the rows: those whose
monthly charge, in twentieths of a dollar, has certain last two digits. The input example and the
synthetic rows of a load are not among them, so the version loads as a good one does. The operators
are those of opset 11, the oldest that the trainer exports.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHARGE = "MonthlyCharges"
_TWENTIETHS, _RESIDUES = 20.0, 100
_WIDTH, _LAYERS = 512, 256

Change = Callable[[onnx.GraphProto], None]


def change_model(content: bytes, *changes: Change) -> bytes:
    """Applies changes to an ONNX file."""
    model = onnx.load_from_string(content)
    for change in changes:
        change(model.graph)
    changed: bytes = model.SerializeToString()
    return changed


def find_free_residues(charges: Sequence[float], share: int) -> tuple[int, int]:
    """Finds a range of last two digits that no charge has: about `share` percent of all rows."""
    taken = {round(charge * _TWENTIETHS) % _RESIDUES for charge in charges}
    for low in range(_RESIDUES - share):
        if not taken & set(range(low, low + share)):
            return low, low + share
    raise ValueError("every range of digits occurs in the example")


def is_hit(customer: Mapping[str, Any], residues: tuple[int, int]) -> bool:
    """Whether the changes take effect on a row."""
    low, high = residues
    residue = round(float(customer[CHARGE]) * _TWENTIETHS) % _RESIDUES
    return low <= residue < high


def fail_on(residues: tuple[int, int]) -> Change:
    """Returns a change: the model raises an error if one of the rows is hit."""

    def change(graph: onnx.GraphProto) -> None:
        _add_constant(graph, "bad_index", np.array(10**6))
        _add_constant(graph, "good_index", np.array(0))
        _add_constant(graph, "zeros", np.zeros(1, np.float32))
        nodes = _find_hits(graph, residues)
        nodes += [
            helper.make_node("Where", ["is_hit", "bad_index", "good_index"], ["index"]),
            helper.make_node("Gather", ["zeros", "index"], ["zero"]),
            helper.make_node("Add", [CHARGE, "zero"], ["changed_charge"]),
        ]
        _replace_input(graph, CHARGE, "changed_charge", nodes)

    return change


def loop_on(residues: tuple[int, int]) -> Change:
    """Returns a change: the model never ends if one of the rows is hit."""

    def change(graph: onnx.GraphProto) -> None:
        nodes = _find_hits(graph, residues)
        nodes += [
            helper.make_node("Cast", ["is_hit"], ["hits"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMax", ["hits"], ["any_hit"], keepdims=0),
            helper.make_node("Cast", ["any_hit"], ["is_any_hit"], to=TensorProto.BOOL),
            helper.make_node("Loop", ["", "is_any_hit", CHARGE], ["changed_charge"], body=_EMPTY),
        ]
        _replace_input(graph, CHARGE, "changed_charge", nodes)

    return change


def answer_nan_on(residues: tuple[int, int]) -> Change:
    """Returns a change: the probabilities of the rows that are hit are not numbers."""

    def change(graph: onnx.GraphProto) -> None:
        _add_constant(graph, "not_a_number", np.array(np.nan, np.float32))
        _add_constant(graph, "nothing", np.array(0.0, np.float32))
        nodes = _find_hits(graph, residues)
        nodes.append(helper.make_node("Where", ["is_hit", "not_a_number", "nothing"], ["offset"]))
        _add_to_probabilities(graph, "offset", nodes)

    return change


def slow_down(graph: onnx.GraphProto) -> None:
    """Adds some milliseconds of work to each call, however many rows it has."""
    _add_constant(graph, "no_share", np.array(0.0, np.float32))
    _add_constant(graph, "widen", np.ones((1, _WIDTH), np.float32))
    _add_constant(graph, "layer", np.eye(_WIDTH, dtype=np.float32))
    nodes = [
        helper.make_node("Mul", [CHARGE, "no_share"], ["zero_charges"]),
        helper.make_node("ReduceSum", ["zero_charges"], ["zero"], keepdims=1),
        helper.make_node("MatMul", ["zero", "widen"], ["work_0"]),
    ]
    nodes += [
        helper.make_node("MatMul", [f"work_{at}", "layer"], [f"work_{at + 1}"])
        for at in range(_LAYERS)
    ]
    nodes.append(helper.make_node("ReduceSum", [f"work_{_LAYERS}"], ["offset"], keepdims=1))
    _add_to_probabilities(graph, "offset", nodes)


def change_units(column: str, factor: float) -> Change:
    """Returns a change: the model takes a numeric column multiplied by a factor."""

    def change(graph: onnx.GraphProto) -> None:
        _add_constant(graph, "factor", np.array(factor, np.float32))
        node = helper.make_node("Mul", [column, "factor"], ["changed_units"])
        _replace_input(graph, column, "changed_units", [node])

    return change


def _find_hits(graph: onnx.GraphProto, residues: tuple[int, int]) -> list[Any]:
    """Builds the nodes that compute `is_hit`, shape `[n, 1]`."""
    low, high = residues
    _add_constant(graph, "twentieths", np.array(_TWENTIETHS, np.float32))
    _add_constant(graph, "residues", np.array(_RESIDUES))
    _add_constant(graph, "below_low", np.array(low - 1))
    _add_constant(graph, "high", np.array(high))
    return [
        helper.make_node("Mul", [CHARGE, "twentieths"], ["scaled"]),
        helper.make_node("Round", ["scaled"], ["rounded"]),
        helper.make_node("Cast", ["rounded"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Mod", ["whole", "residues"], ["residue"]),
        helper.make_node("Greater", ["residue", "below_low"], ["is_above"]),
        helper.make_node("Less", ["residue", "high"], ["is_below"]),
        helper.make_node("And", ["is_above", "is_below"], ["is_hit"]),
    ]


def _add_constant(graph: onnx.GraphProto, name: str, value: Any) -> None:
    graph.initializer.append(numpy_helper.from_array(value, name))


def _replace_input(
    graph: onnx.GraphProto, name: str, changed: str, nodes: Sequence[onnx.NodeProto]
) -> None:
    """Puts nodes that compute `changed` in front; all other nodes read it instead of `name`."""
    for node in graph.node:
        for at, source in enumerate(node.input):
            if source == name:
                node.input[at] = changed
    _put_in_front(graph, nodes)


def _put_in_front(graph: onnx.GraphProto, nodes: Sequence[onnx.NodeProto]) -> None:
    rest = [*graph.node]
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def _add_to_probabilities(
    graph: onnx.GraphProto, offset: str, nodes: Sequence[onnx.NodeProto]
) -> None:
    """Adds `offset`, shape `[n, 1]` or `[1, 1]`, to the output of floats."""
    [output] = [
        each.name for each in graph.output if each.type.tensor_type.elem_type == TensorProto.FLOAT
    ]
    for node in graph.node:
        for at, result in enumerate(node.output):
            if result == output:
                node.output[at] = "former_probabilities"
    _put_in_front(graph, nodes)
    graph.node.append(helper.make_node("Add", ["former_probabilities", offset], [output]))


_EMPTY = helper.make_graph(
    [
        helper.make_node("Identity", ["continues"], ["continues_"]),
        helper.make_node("Identity", ["carried"], ["carried_"]),
    ],
    "body",
    [
        helper.make_tensor_value_info("turn", TensorProto.INT64, []),
        helper.make_tensor_value_info("continues", TensorProto.BOOL, []),
        helper.make_tensor_value_info("carried", TensorProto.FLOAT, [None, 1]),
    ],
    [
        helper.make_tensor_value_info("continues_", TensorProto.BOOL, []),
        helper.make_tensor_value_info("carried_", TensorProto.FLOAT, [None, 1]),
    ],
)
