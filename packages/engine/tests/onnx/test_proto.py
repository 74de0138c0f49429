"""Baton's part of ONNX's schema, compared with the package `onnx`."""

import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from baton_engine.onnx.proto import parse_graph


def test_nodes_are_read_as_by_onnx() -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT),
        helper.make_node("Labels", ["y"], ["z"], strings=["é", ""], ints=[-(2**63), 0, 7], at=0.5),
        helper.make_node("Empty", ["z"], ["end"]),
    ]
    info = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])
    weights = numpy_helper.from_array(np.zeros((3, 3)), "weights")
    graph = helper.make_graph(nodes, "g", [info], [info], [weights])
    model = helper.make_model(graph, doc_string="passed over").SerializeToString()

    attributes = [
        [(each.name, [*each.ints], [*each.strings]) for each in node.attribute]
        for node in parse_graph(model).node
    ]

    assert attributes == [
        [(each.name, [*each.ints], [*each.strings]) for each in node.attribute]
        for node in onnx.load_model_from_string(model).graph.node
    ]
    assert [len(each) for each in attributes] == [1, 3, 0]


@pytest.mark.parametrize("content", [b"\xff", b"not a model"])
def test_invalid_content_is_rejected_as_by_onnx(content: bytes) -> None:
    with pytest.raises(DecodeError):
        onnx.load_model_from_string(content)
    with pytest.raises(DecodeError):
        parse_graph(content)


def test_tensors_are_read_everywhere() -> None:
    """In initializers, attributes and subgraphs."""
    external = TensorProto(
        name="external", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL
    )
    external.external_data.add(key="location", value="file")
    inner = helper.make_graph([], "inner", [], [], [external])
    nodes = [
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(np.array([7]), "c")),
        helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner),
    ]
    texts = numpy_helper.from_array(np.array(["a"], object), "texts")
    graph = helper.make_graph(nodes, "g", [], [], [texts])
    parsed = parse_graph(helper.make_model(graph).SerializeToString())

    assert [*parsed.initializer[0].string_data] == [b"a"]
    assert [*parsed.node[1].input] == ["c"]
    assert np.frombuffer(parsed.node[0].attribute[0].t.raw_data, np.int64).tolist() == [7]
    (weights,) = parsed.node[1].attribute[0].g.initializer
    assert (weights.name, weights.data_location) == ("external", 1)
    assert [(each.key, each.value) for each in weights.external_data] == [("location", "file")]
