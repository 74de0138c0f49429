"""The classes of an ONNX classifier that does not record them beside it."""

from baton_engine.engine import EngineError
from baton_registry.versions.signature import Label

_ATTRIBUTES = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")


def classes_of_graph(model: bytes) -> tuple[Label, ...]:
    """The labels named by the graph's last node that names any.

    ONNX-ML's classifiers and ZipMap name them in an attribute:
    https://onnx.ai/onnx/operators/#ai-onnx-ml

    Raises:
        EngineError: no node does.
    """
    # Only a model whose MLmodel names no classes needs it.
    from baton_engine.onnx.proto import parse_nodes  # noqa: PLC0415

    for node in reversed(parse_nodes(model)):
        for attribute in node.attribute:
            if attribute.name in _ATTRIBUTES and (attribute.strings or attribute.ints):
                texts = tuple(text.decode() for text in attribute.strings)
                return texts or tuple(attribute.ints)
    raise EngineError("the ONNX model does not name its classes")
