"""Weight files of a model."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from baton_engine.onnx.weights import find_weight_files


def build_external_tensor(name: str, location: str) -> TensorProto:
    """A tensor in another file."""
    tensor = TensorProto(
        name=name, data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL
    )
    tensor.external_data.add(key="offset", value="location")
    tensor.external_data.add(key="location", value=location)
    return tensor


def test_weight_files_are_found_everywhere() -> None:
    """In initializers, attributes and subgraphs, each once."""
    inner = helper.make_graph([], "inner", [], [], [build_external_tensor("c", "three")])
    nodes = [
        helper.make_node("Constant", [], ["b"], value=build_external_tensor("b", "two")),
        helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner),
    ]
    tensors = [
        build_external_tensor("a", "one"),
        build_external_tensor("d", "one"),
        build_external_tensor("e", "../etc/passwd"),
    ]
    graph = helper.make_graph(nodes, "g", [], [], tensors)
    model = helper.make_model(graph).SerializeToString()
    assert find_weight_files(model) == ("one", "../etc/passwd", "two", "three")


def test_model_with_its_weights_has_no_weight_files() -> None:
    """Also if a tensor is named `location`."""
    for name in ("w", "location"):
        tensor = numpy_helper.from_array(np.zeros(3), name)
        graph = helper.make_graph([], "g", [], [], [tensor])
        assert find_weight_files(helper.make_model(graph).SerializeToString()) == ()


@pytest.mark.parametrize("content", [b"", b"location", b"\xfflocation"])
def test_invalid_content_has_no_weight_files(content: bytes) -> None:
    """ONNX Runtime reports the error."""
    assert find_weight_files(content) == ()
