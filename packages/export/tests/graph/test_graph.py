"""The graph that is built: names, constants, and other graphs in it."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from baton_export.graph.graph import Graph
from baton_export.graph.table import Matrix, Table, concatenate
from tests.support.export.parity import start_session


def test_equal_constants_are_one() -> None:
    """Type, shape and values must be equal; texts too."""
    graph = Graph()
    assert graph.add_constant(1.0) == graph.add_constant(1.0)
    assert graph.add_constant(1.0) != graph.add_constant(np.array([1.0]))
    assert graph.add_constant(1.0) != graph.add_constant(np.array(1))
    texts = np.array(["a", "b"], dtype=object)
    assert graph.add_constant(texts) == graph.add_constant(texts.copy())
    assert graph.add_constant(texts) != graph.add_constant(texts[:1])


def test_an_inlined_graph_keeps_its_names_apart() -> None:
    """Twice the same graph: its tensors are renamed, its inputs are ours."""
    inner = helper.make_graph(
        [
            helper.make_node("Add", ["x", "one"], ["sum"]),
            helper.make_node("Mul", ["sum", "sum"], ["y"]),
        ],
        "inner",
        [helper.make_tensor_value_info("x", TensorProto.DOUBLE, [None, 1])],
        [helper.make_tensor_value_info("y", TensorProto.DOUBLE, [None, 1])],
        [helper.make_tensor("one", TensorProto.DOUBLE, [1], [1.0])],
    )
    graph = Graph()
    tensor = graph.add_input("sum", TensorProto.DOUBLE, (None, 1))
    output = graph.reserve_output("y")
    for _ in range(2):
        (tensor,) = graph.inline(helper.make_model(inner), {"x": tensor})
    graph.add_output(output, tensor, TensorProto.DOUBLE, (1,))
    model = graph.build()
    onnx.checker.check_model(model)
    (answer,) = start_session(model.SerializeToString()).run(["y"], {"sum": np.array([[2.0]])})
    assert answer.tolist() == [[100.0]]


def test_columns_join_with_as_few_nodes_as_possible() -> None:
    """A whole matrix is itself; some columns of one are one node."""
    graph = Graph()
    name = graph.add_input("x", TensorProto.DOUBLE, (None, 3))
    table = Table.from_matrix(Matrix(name, 3))
    assert table.join(graph).tensor == "x"
    assert concatenate([table.take([0]), table.take([1, 2])]).join(graph).tensor == "x"
    chosen = concatenate([table.take([2, 0]), table]).join(graph)
    graph.add_output(graph.reserve_output("y"), chosen.tensor, TensorProto.DOUBLE, (5,))
    session = start_session(graph.build().SerializeToString())
    (answer,) = session.run(None, {"x": np.array([[1.0, 2.0, 3.0]])})
    assert answer.tolist() == [[3.0, 1.0, 1.0, 2.0, 3.0]]
