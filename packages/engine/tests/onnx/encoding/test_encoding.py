"""Which graphs are encoded outside of ONNX, and which stay whole."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from baton_engine.engine import EngineError
from baton_engine.onnx.encoding import encoding, operators, tracing
from baton_engine.onnx.encoding.encoding import build_encoded, encode_outside
from baton_engine.onnx.encoding.texts import UnknownCategory
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.encoding_graphs import DOUBLE, FLOAT, GraphBuilder

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


def list_inputs(engine: OnnxEngine) -> dict[str, list[Any]]:
    """Returns the shapes of the session's inputs by name."""
    return {each.name: each.shape for each in engine._session.get_inputs()}


@pytest.mark.parametrize("kind", [FLOAT, DOUBLE])
def test_the_graph_takes_one_matrix(kind: int) -> None:
    graph, matrix = build_usual(kind)
    model, schema = graph.build(matrix, 6)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ROWS)
    assert list_inputs(encoded) == {matrix: [None, 6]}
    expected = [[1.5, 1, 0, 0, 0, 1], [7, 0, 1, 1, 0, 0], [-2, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0]]
    assert (-encoded.score_rows(ROWS)["value"]).tolist() == expected
    assert [(-encoded.score_rows([row])["value"])[0].tolist() for row in ROWS * 2] == expected * 2


def test_the_caller_may_rest_between_the_steps() -> None:
    """Before the comparison of the matrices, and before that of each kind of rows."""
    graph, matrix = build_usual(FLOAT)
    model, schema = graph.build(matrix, 6)
    rests: list[None] = []
    build_encoded(OnnxEngine(model, schema), model, schema, ROWS, lambda: rests.append(None))
    assert len(rests) == 3


def test_parts_that_remain() -> None:
    """An unknown operator takes its columns as before; its neighbours are encoded."""
    graph = GraphBuilder()
    number = graph.add("Abs", graph.number("x"))
    texts = [graph.table(graph.one_hot(graph.text(each), CITIES), 2) for each in ("city", "plan")]
    model, schema = graph.build(graph.join(number, *texts), 5)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert list_inputs(encoded) == {"x": [None, 1], "baton_encoded_0": [None, 4]}
    assert (-encoded.score_rows(ROWS[2:])["value"]).tolist() == [[2, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert (-encoded.score_rows(ROWS[:1])["value"]).tolist() == [[1.5, 1, 0, 0, 0]]


def test_a_text_with_a_second_consumer_remains_an_input() -> None:
    graph, matrix = build_usual()
    code = graph.add(
        "LabelEncoder",
        "city",
        domain="ai.onnx.ml",
        keys_strings=["Bern"],
        values_floats=[4.0],
        default_float=9.0,
    )
    model, schema = graph.build(graph.join(code, matrix), 7)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ROWS)
    assert set(list_inputs(encoded)) == {"city", matrix}
    assert (-encoded.score_rows(ROWS)["value"][:, 0]).tolist() == [4, 9, 9, 9]


def test_an_unknown_text_fails_the_call_as_in_onnx() -> None:
    """The next row is not affected."""
    graph, matrix = build_usual(zeros=0)
    model, schema = graph.build(matrix, 6)
    whole = OnnxEngine(model, schema)
    encoded = build_encoded(whole, model, schema, ())
    for rows in ([ROWS[2]], ROWS, ROWS[2:]):
        with pytest.raises(Exception, match="Unknown Category"):
            whole.score_rows(rows)
        with pytest.raises(UnknownCategory, match="city"):
            encoded.score_rows(rows)
        assert (-encoded.score_rows(ROWS[:1])["value"]).tolist() == [[1.5, 1, 0, 0, 0, 1]]


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


def test_many_numbers() -> None:
    """A lone row of many numbers takes the path of several rows."""
    graph = GraphBuilder()
    numbers = graph.join(*(graph.number(f"x{at}") for at in range(100)))
    model, schema = graph.build(graph.fill(numbers, [*map(float, range(100))]), 100)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert (-encoded.score_rows([(None,) * 100])["value"][0]).tolist() == [*range(100)]


def test_threads_do_not_share_the_lone_row() -> None:
    graph, matrix = build_usual()
    model, schema = graph.build(matrix, 6)
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    wrong: list[Any] = []

    def score(row: tuple[Any, ...], expected: list[float]) -> None:
        for _ in range(2_000):
            found = (-encoded.score_rows([row])["value"][0]).tolist()
            if found != expected:
                wrong.append(found)

    threads = [
        Thread(target=score, args=(ROWS[0], [1.5, 1, 0, 0, 0, 1])),
        Thread(target=score, args=(ROWS[1], [7.0, 0, 1, 1, 0, 0])),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong


def test_other_texts_are_not_encoded() -> None:
    """A datetime that the model takes as text stays an input, and so do integers."""
    graph = GraphBuilder()
    code = graph.table(graph.one_hot(graph.text("day"), CITIES), 2)
    texts = [graph.table(graph.one_hot(graph.text(each), CITIES), 2) for each in ("a", "b")]
    model, schema = graph.build(graph.join(code, *texts), 6)
    columns = (Column("day", "datetime", required=False), *schema.columns[1:])
    schema = Schema(columns, task="quantiles")
    encoded = build_encoded(OnnxEngine(model, schema), model, schema, ())
    assert "day" in list_inputs(encoded)
    np.testing.assert_array_equal(
        encoded.score_rows([(None, "Oslo", "Bern")])["value"], [[0, 0, 0, -1, -1, 0]]
    )
