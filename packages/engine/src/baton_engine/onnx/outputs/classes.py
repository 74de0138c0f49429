"""Finds the classes in the graph of an ONNX classifier."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from baton_engine.engine import EngineError
from baton_engine.onnx.outputs.classifier_outputs import (
    ClassifierOutputs,
    find_classifier_outputs,
)
from baton_engine.onnx.outputs.graph_outputs import GraphOutput
from baton_registry.versions.output_schema import Label

Classes = tuple[Label, ...]
CLASSES_HINT = (
    "log it with metadata={'baton': {'classes': [...]}}, in the order of the probabilities"
)

_ATTRIBUTES = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")
_SAME_VALUES = frozenset({"Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"})
_LOOK_UPS = frozenset({"ArrayFeatureExtractor", "Gather"})
_INT32, _INT64, _STRING = 6, 7, 8


class FoundClasses(NamedTuple):
    """The classes of a graph.

    Attributes:
        classes: the labels in the order of the probabilities.
        are_indices: the graph names no classes, and its integer labels seem to be indices.
    """

    classes: Classes
    are_indices: bool


def find_classes(model: bytes, outputs: ClassifierOutputs) -> FoundClasses:
    """Finds the labels that the graph names, in the order of the probabilities.

    Converters write them to several places. The search order is: the ZipMap of the probabilities;
    the source of the label, which is an attribute of the classifier or a look-up constant; a
    separate output; the last node with class names. An integer label without a name is the index of
    its class.

    Args:
        model: the ONNX file's content.
        outputs: the label and probability outputs.

    Raises:
        EngineError: the graph names no classes.
    """
    # Imported here, because only models without recorded classes need it.
    from baton_engine.onnx.proto import parse_graph  # noqa: PLC0415

    graph = _Graph(parse_graph(model))
    named = graph.trace_names(outputs.probabilities) if outputs.is_zipmap else ()
    named = named or graph.trace_names(outputs.label)
    for name in outputs.others:
        named = named or graph.trace_names(name)
    for names in graph.iter_names():
        is_possible = outputs.has_text_labels == isinstance(names[0], str)
        if not named and is_possible and outputs.width in (None, len(names)):
            named = names
    if named:
        return FoundClasses(named, are_indices=False)
    if outputs.has_text_labels or not outputs.width:
        raise EngineError(f"the ONNX model does not name its classes; {CLASSES_HINT}")
    return FoundClasses(tuple(range(outputs.width)), are_indices=True)


def check_distinct(classes: Classes) -> None:
    """Checks that the texts of the classes differ, because answers name the classes by them.

    Raises:
        EngineError: two are equal.
    """
    if len({*map(str, classes)}) != len(classes):
        raise EngineError("the model names a class twice")


def names_classes(model: bytes, outputs: Sequence[GraphOutput]) -> bool:
    """Whether the graph of a classifier names its classes."""
    try:
        return not find_classes(model, find_classifier_outputs(outputs)).are_indices
    except EngineError:
        return False


class _Graph:
    """A graph's nodes by their outputs."""

    def __init__(self, graph: Any) -> None:
        self._nodes = graph.node
        self._producers = {name: node for node in graph.node for name in node.output}
        self._constants = {tensor.name: tensor for tensor in graph.initializer}

    def trace_names(self, output: str) -> Classes:
        """Traces an output back to class names; empty if there are none."""
        for _ in range(
            len(self._nodes) + 1
        ):  # a valid graph has no cycles, but a file may have some
            if output in self._constants:
                return _read_constant(self._constants[output])
            node = self._producers.get(output)
            if node is None:
                return ()
            attributes = {each.name: each for each in node.attribute}
            if names := _read_names(attributes) or _read_values(node.op_type, attributes):
                return names
            if node.op_type not in _SAME_VALUES | _LOOK_UPS or not node.input:
                return ()
            output = node.input[0]
        return ()

    def iter_names(self) -> Iterator[Classes]:
        """Yields the class names of nodes, last node first."""
        for node in reversed(self._nodes):
            if names := _read_names({each.name: each for each in node.attribute}):
                yield names


def _read_names(attributes: Mapping[str, Any]) -> Classes:
    """Reads the class names of an ONNX-ML classifier: https://onnx.ai/onnx/operators/#ai-onnx-ml."""
    for name in _ATTRIBUTES:
        if name in attributes and (names := _read_items(attributes[name])):
            return names
    return ()


def _read_values(op_type: str, attributes: Mapping[str, Any]) -> Classes:
    """Reads the values of a constant, or of a `LabelEncoder` for 0, 1, …."""
    if op_type == "Constant":
        for name in ("value_strings", "value_ints"):
            if name in attributes:
                return _read_items(attributes[name])
        return _read_constant(attributes["value"].t) if "value" in attributes else ()
    if op_type == "LabelEncoder" and "keys_int64s" in attributes:
        keys = [*attributes["keys_int64s"].ints]
        for name in ("values_strings", "values_int64s"):
            if name in attributes and sorted(keys) == [*range(len(keys))]:
                values = _read_items(attributes[name])
                return tuple(values[keys.index(index)] for index in range(len(values)))
    return ()


def _read_items(attribute: Any) -> Classes:
    return _decode(attribute.strings) or tuple(attribute.ints)


def _decode(texts: Iterable[bytes]) -> Classes:
    return tuple(text.decode(errors="replace") for text in texts)


def _read_constant(tensor: Any) -> Classes:
    """Reads the texts or integers of a constant; empty for other types."""
    if tensor.data_type == _STRING:
        return _decode(tensor.string_data)
    if tensor.data_type not in (_INT32, _INT64):
        return ()
    stored = tensor.int32_data if tensor.data_type == _INT32 else tensor.int64_data
    if stored:
        return tuple(stored)
    width = "<i4" if tensor.data_type == _INT32 else "<i8"
    return tuple(np.frombuffer(tensor.raw_data, width).tolist())
