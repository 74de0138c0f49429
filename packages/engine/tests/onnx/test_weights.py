"""The files that an ONNX file names for its weights."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from baton_engine.onnx.weights import find_weight_files


def external(name: str, location: str) -> TensorProto:
    """A tensor in another file."""
    tensor = TensorProto(
        name=name, data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL
    )
    tensor.external_data.add(key="offset", value="location")
    tensor.external_data.add(key="location", value=location)
    return tensor


def test_finds_them_wherever_they_are() -> None:
    """Initializers, attributes and inner graphs are looked through; each file is found once."""
    inner = helper.make_graph([], "inner", [], [], [external("c", "three")])
    nodes = [
        helper.make_node("Constant", [], ["b"], value=external("b", "two")),
        helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner),
    ]
    tensors = [external("a", "one"), external("d", "one"), external("e", "../etc/passwd")]
    graph = helper.make_graph(nodes, "g", [], [], tensors)
    model = helper.make_model(graph).SerializeToString()
    assert find_weight_files(model) == ("one", "../etc/passwd", "two", "three")


def test_finds_none_where_there_are_none() -> None:
    """A model that holds its weights names no file, even where a tensor is called `location`."""
    for name in ("w", "location"):
        tensor = numpy_helper.from_array(np.zeros(3), name)
        graph = helper.make_graph([], "g", [], [], [tensor])
        assert find_weight_files(helper.make_model(graph).SerializeToString()) == ()


@pytest.mark.parametrize("content", [b"", b"location", b"\xfflocation"])
def test_what_is_not_onnx_names_none(content: bytes) -> None:
    """ONNX Runtime says what is wrong with it."""
    assert find_weight_files(content) == ()
