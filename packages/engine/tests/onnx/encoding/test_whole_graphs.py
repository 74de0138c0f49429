"""Graphs that stay whole: what is unusual in them is not encoded outside of ONNX."""

from collections.abc import Callable
from typing import Any

import onnx
import pytest
from onnx import helper

from baton_engine.engine import EngineError
from baton_engine.onnx.encoding import encoding, operators, tracing
from baton_engine.onnx.encoding.encoding import build_encoded, encode_outside
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.schema import Schema
from tests.support.fakes.encoding_graphs import (
    FLOAT,
    ROWS,
    GraphBuilder,
    build_usual,
)


def build_odd(change: Callable[[onnx.GraphProto, str], None]) -> tuple[bytes, Schema]:
    """Builds the usual graph and changes it."""
    graph, matrix = build_usual()
    content, schema = graph.build(matrix, 6)
    model = onnx.load_model_from_string(content)
    change(model.graph, matrix)
    return bytes(model.SerializeToString()), schema


def find(graph: onnx.GraphProto, operator: str) -> onnx.NodeProto:
    """Finds the first node of an operator."""
    found: onnx.NodeProto = next(node for node in graph.node if node.op_type == operator)
    return found


def name_a_category_twice(graph: onnx.GraphProto, matrix: str) -> None:
    find(graph, "OneHotEncoder").attribute[0].strings[:] = [b"Bern", b"Bern"]


def name_invalid_text(graph: onnx.GraphProto, matrix: str) -> None:
    find(graph, "OneHotEncoder").attribute[0].strings[:] = [b"Bern", b"\xff"]


def return_the_matrix(graph: onnx.GraphProto, matrix: str) -> None:
    graph.node.remove(find(graph, "Neg"))
    graph.node[-1].output[:] = ["value"]


def use_in_a_subgraph(graph: onnx.GraphProto, matrix: str) -> None:
    """The matrix is only used within the branches."""
    inner = [
        helper.make_graph(
            [helper.make_node("Neg", [matrix], [name])],
            name,
            [],
            [helper.make_tensor_value_info(name, FLOAT, [None, 6])],
        )
        for name in ("yes", "no")
    ]
    always = helper.make_tensor("always", onnx.TensorProto.BOOL, [], [True])
    graph.initializer.append(always)
    graph.node.remove(find(graph, "Neg"))
    branch = {"then_branch": inner[0], "else_branch": inner[1]}
    graph.node.append(helper.make_node("If", ["always"], ["value"], **branch))


def give_a_default(graph: onnx.GraphProto, matrix: str) -> None:
    """An input with the name of a constant has a default."""
    constant = graph.initializer[0]
    graph.input.append(helper.make_tensor_value_info(constant.name, FLOAT, [1, 1]))


def take_the_name_of_new_inputs(graph: onnx.GraphProto, matrix: str) -> None:
    graph.node.append(helper.make_node("Neg", [matrix], ["baton_encoded_0"]))


def repeat_a_matrix(graph: onnx.GraphProto, matrix: str) -> None:
    """Each node doubles the width, up to 98,304 cells that no node uses."""
    name = matrix
    for at in range(14):
        graph.node.insert(
            len(graph.node), helper.make_node("Concat", [name, name], [f"wide_{at}"], axis=1)
        )
        name = f"wide_{at}"


def repeat_cells(graph: onnx.GraphProto, matrix: str) -> None:
    indices = helper.make_tensor("indices", onnx.TensorProto.INT64, [6], [1, 1, 1, 1, 1, 1])
    graph.initializer.append(indices)
    neg = find(graph, "Neg")
    graph.node.remove(neg)
    graph.node.append(helper.make_node("Gather", [matrix, "indices"], ["again"], axis=1))
    graph.node.append(helper.make_node("Neg", ["again"], ["value"]))


@pytest.mark.parametrize(
    "change",
    [
        name_a_category_twice,
        name_invalid_text,
        return_the_matrix,
        use_in_a_subgraph,
        give_a_default,
        take_the_name_of_new_inputs,
        repeat_a_matrix,
        repeat_cells,
    ],
)
def test_unusual_graphs_stay_whole(change: Callable[[onnx.GraphProto, str], None]) -> None:
    """They are served as before."""
    model, schema = build_odd(change)
    whole = OnnxEngine(model, schema)
    assert encode_outside(whole, model, schema, ROWS) is whole
    assert whole.score_rows(ROWS)["value"].shape == (4, 6)


def test_a_cycle_is_rejected() -> None:
    """By ONNX Runtime, and it would end here too."""

    def change(graph: onnx.GraphProto, matrix: str) -> None:
        graph.node[0].input[0] = matrix

    model, schema = build_odd(change)
    with pytest.raises(EngineError):
        OnnxEngine(model, schema)


def test_long_chains_stay_whole() -> None:
    """Every node would copy the steps of the one before."""
    graph = GraphBuilder()
    numbers = graph.join(graph.number("x"), graph.number("y"))
    for _ in range(operators._MAX_STEPS + 1):
        numbers = graph.add("Add", numbers, graph.constant(1.0))
    model, schema = graph.build(numbers, 2)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert encoded.score_rows([(1.0, 2.0)])["value"].tolist() == [[-18.0, -19.0]]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wide matrices, large models and slow comparisons stay whole."""
    graph, matrix = build_usual()
    model, schema = graph.build(matrix, 6)
    whole = OnnxEngine(model, schema)
    assert encode_outside(whole, model, schema, ()) is not whole
    for module, name, value in (
        (tracing, "MAX_CELLS", 5),
        (encoding, "MAX_CELLS", 5),
        (encoding, "MAX_BYTES", 100),
        (encoding, "LIMIT_S", 0.0),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            assert encode_outside(whole, model, schema, ()) is whole


def test_a_difference_keeps_the_graph_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even one that no score shows: the matrices are compared too."""
    graph, matrix = build_usual()
    nothing = graph.add("Mul", graph.add("Abs", matrix), graph.constant(0.0))
    model, schema = graph.build(nothing, 6)
    whole = OnnxEngine(model, schema)
    assert encode_outside(whole, model, schema, ROWS) is not whole
    original = operators.encode_one_hot

    def reverse(*arguments: Any) -> Any:
        layout = original(*arguments)
        assert layout is not None
        return type(layout)(layout.cells[::-1], layout.dtype, layout.is_cube)

    monkeypatch.setattr(tracing, "encode_one_hot", reverse)
    assert encode_outside(whole, model, schema, ROWS) is whole
