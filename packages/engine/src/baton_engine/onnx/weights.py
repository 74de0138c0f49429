"""The files beside an ONNX file that hold its weights.

MLflow writes them by default (`save_as_external_data`), ONNX's own limit of 2 GiB asks for them:
https://onnx.ai/onnx/repo-docs/ExternalData.html
"""

from collections.abc import Iterator
from typing import Any

_EXTERNAL = 1
_LOCATION = "location"


def find_weight_files(model: bytes) -> tuple[str, ...]:
    """The files that a model names, as it names them, each once; empty for what is not ONNX.

    Args:
        model: the ONNX file's content.
    """
    if _LOCATION.encode() not in model:  # most have none: nothing is parsed for them
        return ()
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    from baton_engine.onnx.proto import parse_graph  # noqa: PLC0415

    try:
        graph = parse_graph(model)
    except DecodeError:  # ONNX Runtime says what is wrong with it
        return ()
    return tuple(dict.fromkeys(_locations(graph)))


def _locations(graph: Any) -> Iterator[str]:
    for tensor in _tensors(graph):
        if tensor.data_location == _EXTERNAL:
            yield from (each.value for each in tensor.external_data if each.key == _LOCATION)


def _tensors(graph: Any) -> Iterator[Any]:
    """All tensors of a graph, and of the graphs within it."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            for inner in (attribute.g, *attribute.graphs):
                # A message that is not there reads as an empty one, for ever deeper.
                if inner.node or inner.initializer:
                    yield from _tensors(inner)
