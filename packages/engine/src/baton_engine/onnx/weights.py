"""Finds the weight files beside an ONNX file.

MLflow writes them by default (`save_as_external_data`). Models over 2 GiB need them:
https://onnx.ai/onnx/repo-docs/ExternalData.html
"""

from collections.abc import Iterator
from typing import Any

_EXTERNAL = 1
_LOCATION = "location"


def find_weight_files(model: bytes) -> tuple[str, ...]:
    """Finds the weight files that a model names, each once; empty if it is not ONNX.

    Args:
        model: the ONNX file's content.
    """
    if _LOCATION.encode() not in model:  # most models have none and are not parsed
        return ()
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    from baton_engine.onnx.proto import parse_graph  # noqa: PLC0415

    try:
        graph = parse_graph(model)
    except DecodeError:  # ONNX Runtime reports the error
        return ()
    return tuple(dict.fromkeys(_iter_locations(graph)))


def _iter_locations(graph: Any) -> Iterator[str]:
    for tensor in _iter_tensors(graph):
        if tensor.data_location == _EXTERNAL:
            yield from (each.value for each in tensor.external_data if each.key == _LOCATION)


def _iter_tensors(graph: Any) -> Iterator[Any]:
    """Yields all tensors of a graph and of its subgraphs."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            for inner in (attribute.g, *attribute.graphs):
                # An absent message reads as an empty one, at any depth.
                if inner.node or inner.initializer:
                    yield from _iter_tensors(inner)
