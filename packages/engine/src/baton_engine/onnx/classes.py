"""The classes of an ONNX classifier that does not record them beside it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from baton_engine.engine import EngineError
from baton_engine.onnx.outputs import Outputs
from baton_registry.versions.schema import Label

Classes = tuple[Label, ...]
NAME_THEM = "log it with metadata={'baton': {'classes': [...]}}, in the order of the probabilities"

_ATTRIBUTES = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")
_SAME_VALUES = frozenset({"Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"})
_LOOK_UPS = frozenset({"ArrayFeatureExtractor", "Gather"})
_INT32, _INT64, _STRING = 6, 7, 8


class FoundClasses(NamedTuple):
    """The classes of a graph.

    Attributes:
        classes: in the order of the probabilities.
        are_places: the graph names none; its labels are whole numbers, and seem to be the places
            of the classes.
    """

    classes: Classes
    are_places: bool


def find_classes(model: bytes, outputs: Outputs) -> FoundClasses:
    """Finds the labels that the graph names, in the order of the probabilities.

    Converters name them in several places. In this order: beside the probabilities (ZipMap); where
    the label comes from: an attribute of the classifier, or a constant that the label is looked up
    in; an output of its own; the last node that names any. A label that is a whole number and has
    no name is the place of its class.

    Args:
        model: the ONNX file's content.
        outputs: its label and its probabilities.

    Raises:
        EngineError: it names none.
    """
    # Only a model whose MLmodel names no classes needs it.
    from baton_engine.onnx.proto import parse_graph  # noqa: PLC0415

    graph = _Graph(parse_graph(model))
    named = graph.names_behind(outputs.probabilities) if outputs.is_zipmap else ()
    named = named or graph.names_behind(outputs.label)
    for name in outputs.others:
        named = named or graph.names_behind(name)
    for names in graph.names_of_nodes():
        is_possible = outputs.has_text_labels == isinstance(names[0], str)
        if not named and is_possible and outputs.width in (None, len(names)):
            named = names
    if named:
        return FoundClasses(named, are_places=False)
    if outputs.has_text_labels or not outputs.width:
        raise EngineError(f"the ONNX model does not name its classes; {NAME_THEM}")
    return FoundClasses(tuple(range(outputs.width)), are_places=True)


class _Graph:
    """The nodes of a graph by what they give."""

    def __init__(self, graph: Any) -> None:
        self._nodes = graph.node
        self._producers = {name: node for node in graph.node for name in node.output}
        self._constants = {tensor.name: tensor for tensor in graph.initializer}

    def names_behind(self, output: str) -> Classes:
        """The classes that an output's values come from; empty where that cannot be seen."""
        for _ in range(len(self._nodes) + 1):  # a graph has no cycles, but a file may be anything
            if output in self._constants:
                return _values(self._constants[output])
            node = self._producers.get(output)
            if node is None:
                return ()
            attributes = {each.name: each for each in node.attribute}
            if names := _names(attributes) or _values_of_node(node.op_type, attributes):
                return names
            if node.op_type not in _SAME_VALUES | _LOOK_UPS or not node.input:
                return ()
            output = node.input[0]
        return ()

    def names_of_nodes(self) -> Iterator[Classes]:
        """The classes that nodes name, from the last node to the first."""
        for node in reversed(self._nodes):
            if names := _names({each.name: each for each in node.attribute}):
                yield names


def _names(attributes: Mapping[str, Any]) -> Classes:
    """What a classifier of ONNX-ML or ZipMap names: https://onnx.ai/onnx/operators/#ai-onnx-ml."""
    for name in _ATTRIBUTES:
        if name in attributes and (names := _items(attributes[name])):
            return names
    return ()


def _values_of_node(op_type: str, attributes: Mapping[str, Any]) -> Classes:
    """The values of a constant, or those that a `LabelEncoder` gives for 0, 1, …."""
    if op_type == "Constant":
        for name in ("value_strings", "value_ints"):
            if name in attributes:
                return _items(attributes[name])
        return _values(attributes["value"].t) if "value" in attributes else ()
    if op_type == "LabelEncoder" and "keys_int64s" in attributes:
        keys = [*attributes["keys_int64s"].ints]
        for name in ("values_strings", "values_int64s"):
            if name in attributes and sorted(keys) == [*range(len(keys))]:
                values = _items(attributes[name])
                return tuple(values[keys.index(place)] for place in range(len(values)))
    return ()


def _items(attribute: Any) -> Classes:
    return _texts(attribute.strings) or tuple(attribute.ints)


def _texts(texts: Iterable[bytes]) -> Classes:
    return tuple(text.decode(errors="replace") for text in texts)


def _values(tensor: Any) -> Classes:
    """The texts or whole numbers of a constant; empty where it holds others."""
    if tensor.data_type == _STRING:
        return _texts(tensor.string_data)
    if tensor.data_type not in (_INT32, _INT64):
        return ()
    stored = tensor.int32_data if tensor.data_type == _INT32 else tensor.int64_data
    if stored:
        return tuple(stored)
    width = "<i4" if tensor.data_type == _INT32 else "<i8"
    return tuple(np.frombuffer(tensor.raw_data, width).tolist())
