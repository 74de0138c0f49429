"""Class names in a graph."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from baton_engine.engine import EngineError
from baton_engine.onnx.outputs.classes import FoundClasses, find_classes
from baton_engine.onnx.outputs.classifier_outputs import ClassifierOutputs

ML = "ai.onnx.ml"
TEXTS = numpy_helper.from_array(np.array(["no", "yes"], object), "names")


def build_graph(nodes: Sequence[Any], *constants: Any) -> bytes:
    """A model of these nodes."""
    model = helper.make_model(helper.make_graph(nodes, "g", [], [], constants))
    content: bytes = model.SerializeToString()
    return content


def build_naming_graph(*attributes: dict[str, Any]) -> bytes:
    """A graph with a node for each set of attributes."""
    return build_graph(
        [helper.make_node("ZipMap", ["x"], ["y"], domain=ML, **a) for a in attributes]
    )


def build_outputs(
    *, texts: bool, width: int | None = 2, zipmap: bool = False, **fields: Any
) -> ClassifierOutputs:
    """The outputs of a classifier."""
    names: dict[str, Any] = {"label": "label", "probabilities": "p", "others": (), **fields}
    return ClassifierOutputs(
        **names, has_text_labels=texts, is_zipmap=zipmap, is_float_table=not zipmap, width=width
    )


@pytest.mark.parametrize(
    ("attributes", "classes"),
    [
        ({"classlabels_strings": ["no", "yes"]}, ("no", "yes")),
        ({"classlabels_strings": ["é"]}, ("é",)),
        ({"classlabels_int64s": [3, 1]}, (3, 1)),
        ({"classlabels_ints": [0, 1]}, (0, 1)),
    ],
)
def test_names_keep_the_order_of_the_node(
    attributes: dict[str, Any], classes: tuple[Any, ...]
) -> None:
    is_text = isinstance(classes[0], str)
    result = find_classes(build_naming_graph(attributes), build_outputs(texts=is_text, width=None))
    assert result == FoundClasses(classes, are_indices=False)


def test_last_node_with_names_wins() -> None:
    both = build_naming_graph({"classlabels_strings": ["b"]}, {"classlabels_strings": ["a"]}, {})
    assert find_classes(both, build_outputs(texts=True, width=1)).classes == ("a",)


@pytest.mark.parametrize(
    "attributes", [{}, {"classlabels_strings": ["a", "b", "c"]}, {"classlabels_ints": [0, 1]}]
)
def test_graph_without_usable_names_is_an_error(attributes: dict[str, Any]) -> None:
    """No names, another number of names, or numbers for texts."""
    with pytest.raises(EngineError, match="does not name its classes"):
        find_classes(build_naming_graph(attributes), build_outputs(texts=True))


@pytest.mark.parametrize(
    ("constant", "classes"),
    [
        (TEXTS, ("no", "yes")),
        (numpy_helper.from_array(np.array([7, -3], np.int32), "names"), (7, -3)),
        (numpy_helper.from_array(np.array([7, -3], np.int64), "names"), (7, -3)),
        (helper.make_tensor("names", TensorProto.INT32, [2], [7, -3]), (7, -3)),
        (helper.make_tensor("names", TensorProto.INT64, [2], [7, -3]), (7, -3)),
    ],
)
@pytest.mark.parametrize("look_up", ["ArrayFeatureExtractor", "Gather"])
@pytest.mark.parametrize("as_constant", [False, True])
def test_look_up_constant_names_the_classes(
    constant: Any, classes: tuple[Any, ...], look_up: str, *, as_constant: bool
) -> None:
    """It wins over an inner classifier."""
    nodes = [
        helper.make_node("LinearClassifier", ["x"], ["l", "p"], domain=ML, classlabels_ints=[0, 1]),
        helper.make_node("ArgMax", ["p"], ["place"]),
        helper.make_node(look_up, ["names", "place"], ["found"]),
        helper.make_node("Cast", ["found"], ["cast"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["cast", "shape"], ["label"]),
    ]
    if as_constant:
        nodes.insert(0, helper.make_node("Constant", [], ["names"], value=constant))
    model = build_graph(nodes, *([] if as_constant else [constant]))
    is_text = isinstance(classes[0], str)
    assert find_classes(model, build_outputs(texts=is_text)) == FoundClasses(
        classes, are_indices=False
    )


def test_separate_output_names_the_classes() -> None:
    """As skl2onnx's `output_class_labels` creates it."""
    node = helper.make_node(
        "LabelEncoder", ["c"], ["le"], keys_int64s=[1, 0], values_strings=["yes", "no"], domain=ML
    )
    nodes = [
        helper.make_node("ArgMax", ["p"], ["label"]),
        node,
        helper.make_node("Identity", ["le"], ["class_labels"]),
    ]
    result = find_classes(build_graph(nodes), build_outputs(texts=False, others=("class_labels",)))
    assert result == FoundClasses(("no", "yes"), are_indices=False)


def test_integer_labels_without_names_are_indices() -> None:
    """If the number of classes is known."""
    model = build_graph([helper.make_node("ArgMax", ["p"], ["label"])])
    result = find_classes(model, build_outputs(texts=False, width=3))
    assert result == FoundClasses((0, 1, 2), are_indices=True)
    with pytest.raises(EngineError, match="metadata"):
        find_classes(model, build_outputs(texts=False, width=None))


def test_graph_with_a_cycle_ends() -> None:
    model = build_graph([helper.make_node("Identity", ["label"], ["label"])])
    with pytest.raises(EngineError, match="does not name its classes"):
        find_classes(model, build_outputs(texts=True))
