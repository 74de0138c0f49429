"""Our part of ONNX's schema, beside the package `onnx` itself."""

import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from baton_engine.onnx.proto import parse_graph


def test_reads_what_onnx_reads() -> None:
    """Nodes, names, numbers and texts are those that `onnx` finds, whatever else is there."""
    nodes = [
        helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT),
        helper.make_node("Labels", ["y"], ["z"], strings=["é", ""], ints=[-(2**63), 0, 7], at=0.5),
        helper.make_node("Empty", ["z"], ["end"]),
    ]
    info = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])
    weights = numpy_helper.from_array(np.zeros((3, 3)), "weights")
    graph = helper.make_graph(nodes, "g", [info], [info], [weights])
    model = helper.make_model(graph, doc_string="passed over").SerializeToString()

    found = [
        [(each.name, [*each.ints], [*each.strings]) for each in node.attribute]
        for node in parse_graph(model).node
    ]

    assert found == [
        [(each.name, [*each.ints], [*each.strings]) for each in node.attribute]
        for node in onnx.load_model_from_string(model).graph.node
    ]
    assert [len(attributes) for attributes in found] == [1, 3, 0]


@pytest.mark.parametrize("content", [b"\xff", b"not a model"])
def test_refuses_what_is_no_message(content: bytes) -> None:
    """What is not protobuf is refused, as `onnx` refuses it."""
    with pytest.raises(DecodeError):
        onnx.load_model_from_string(content)
    with pytest.raises(DecodeError):
        parse_graph(content)


def test_reads_tensors_wherever_they_are() -> None:
    """Constants and where weights are, in initializers, attributes and inner graphs."""
    kept = TensorProto(
        name="kept", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL
    )
    kept.external_data.add(key="location", value="file")
    inner = helper.make_graph([], "inner", [], [], [kept])
    nodes = [
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(np.array([7]), "c")),
        helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner),
    ]
    texts = numpy_helper.from_array(np.array(["a"], object), "texts")
    graph = helper.make_graph(nodes, "g", [], [], [texts])
    found = parse_graph(helper.make_model(graph).SerializeToString())

    assert [*found.initializer[0].string_data] == [b"a"]
    assert [*found.node[1].input] == ["c"]
    assert np.frombuffer(found.node[0].attribute[0].t.raw_data, np.int64).tolist() == [7]
    (weights,) = found.node[1].attribute[0].g.initializer
    assert (weights.name, weights.data_location) == ("kept", 1)
    assert [(each.key, each.value) for each in weights.external_data] == [("location", "file")]
