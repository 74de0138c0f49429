"""Exports a fitted pipeline to ONNX."""

import warnings
from collections.abc import Container, Iterator, Mapping, Sequence

import onnx
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline

from baton_common.texts import get_first_line
from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_export import CannotExport, InputColumn, iter_candidates
from baton_export.inputs import Kind
from baton_registry.versions.schema import Column, Schema, TypeName
from baton_trainer.errors import ExportError
from baton_trainer.models import column_inputs

_OPSETS = {"": 18, "ai.onnx.ml": 3}
"""The newest operators that every converter writes; onnxmltools writes trees of ML 3."""

_NO_ZIPMAP = {"zipmap": False}  # probabilities are one tensor, not a list of dictionaries

_KINDS: Mapping[TypeName, Kind] = {
    "boolean": "boolean",
    "integer": "integer",
    "long": "integer",
    "string": "text",
}


def iter_forms(fitted: Pipeline, columns: Sequence[Column]) -> Iterator[bytes]:
    """Yields the pipeline's ONNX forms: the quickest first, then the exact one.

    See decision 22. Each is converted when the caller takes it.

    Raises:
        ExportError: ONNX cannot express a step.
    """
    reason: ExportError | None = None
    try:
        yield convert_to_onnx(fitted, columns)
    except ExportError as error:
        reason = error
    inputs = [InputColumn(each.name, _KINDS.get(each.type, "number")) for each in columns]
    try:
        exact = next(iter_candidates(fitted, inputs))
    except CannotExport as error:
        raise reason or ExportError(str(error)) from error
    yield exact.onnx


def convert_to_onnx(fitted: Pipeline, columns: Sequence[Column]) -> bytes:
    """Converts the pipeline to ONNX in float32: one input `[n, 1]` per column, with its name.

    Raises:
        ExportError: ONNX cannot express a step.
    """
    rest, widths = column_inputs.split_off_columns(fitted)
    inputs = [(name, FloatTensorType([None, width])) for name, width in widths.items()]
    options = {id(rest): _NO_ZIPMAP} if is_classifier(rest) else None
    try:
        with warnings.catch_warnings():
            # protobuf deprecates the NumPy integers that skl2onnx passes for trees
            warnings.simplefilter("ignore")
            model = convert_sklearn(
                rest, initial_types=inputs, options=options, target_opset=_OPSETS
            )
    except Exception as error:  # skl2onnx's errors have no common base but Exception
        raise ExportError(
            f"the pipeline cannot be exported to ONNX: {get_first_line(error)}"
        ) from error
    column_inputs.insert_inputs(model.graph, fitted, columns)
    _name_inputs(model.graph, [each.name for each in columns])
    return bytes(model.SerializeToString())


def _name_inputs(graph: onnx.GraphProto, names: Sequence[str]) -> None:
    """Names the inputs, in their order.

    A tensor inside the graph with one of these names is renamed: a column may be called `label`.
    The graphs of Baton's estimators have no subgraphs.
    """
    new = dict(zip((each.name for each in graph.input), names, strict=True))
    inside = [each.name for each in graph.initializer]
    inside += [name for node in graph.node for name in node.output]
    taken = {*names, *inside}
    for name in filter(set(names).__contains__, inside):
        new[name] = _find_free_name(name, taken)
        taken.add(new[name])
    for each in (*graph.input, *graph.output, *graph.initializer):
        each.name = new.get(each.name, each.name)
    for node in graph.node:
        node.input[:] = [new.get(name, name) for name in node.input]
        node.output[:] = [new.get(name, name) for name in node.output]


def _find_free_name(name: str, taken: Container[str]) -> str:
    while name in taken:
        name += "_"
    return name


def build_engine(model: bytes, schema: Schema) -> OnnxEngine:
    """Builds the engine as the service does.

    Raises:
        ExportError: the service could not load the model.
    """
    try:
        return OnnxEngine(model, schema)
    except EngineError as error:
        raise ExportError(f"the exported model cannot be served: {error}") from error
