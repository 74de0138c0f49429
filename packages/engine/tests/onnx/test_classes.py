"""The classes that a graph names."""

from typing import Any

import pytest
from onnx import helper

from baton_engine.engine import EngineError
from baton_engine.onnx.classes import classes_of_graph


def graph(*attributes: dict[str, Any]) -> bytes:
    """A graph with a node for each set of attributes."""
    nodes = [
        helper.make_node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", **each) for each in attributes
    ]
    model = helper.make_model(helper.make_graph(nodes, "g", [], []))
    content: bytes = model.SerializeToString()
    return content


@pytest.mark.parametrize(
    ("attributes", "classes"),
    [
        ({"classlabels_strings": ["no", "yes"]}, ("no", "yes")),
        ({"classlabels_strings": ["é"]}, ("é",)),
        ({"classlabels_int64s": [3, 1]}, (3, 1)),
        ({"classlabels_ints": [0, 1]}, (0, 1)),
    ],
)
def test_names_in_their_order(attributes: dict[str, Any], classes: tuple[Any, ...]) -> None:
    """Text and numbers are read, in the order that the node gives them."""
    assert classes_of_graph(graph(attributes)) == classes


def test_the_last_node_counts() -> None:
    """Where several nodes name classes, the one nearest to the output counts."""
    both = graph({"classlabels_ints": [7]}, {"classlabels_strings": ["a"]}, {})
    assert classes_of_graph(both) == ("a",)


def test_no_classes() -> None:
    """A graph that names no classes is no classifier of ours."""
    with pytest.raises(EngineError, match="does not name its classes"):
        classes_of_graph(graph({}))
