"""A fitted pipeline as an ONNX model, and how far the two agree."""

import warnings
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnx
import pandas as pd
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.pipeline import Pipeline

from baton_common.texts import get_first_line
from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.schema import Column, Schema
from baton_trainer.errors import ExportError
from baton_trainer.models import column_inputs

_OPSETS = {"": 18, "ai.onnx.ml": 3}
"""The newest operators that every converter writes: onnxmltools knows the trees of ML 3."""

_NO_ZIPMAP = {"zipmap": False}  # probabilities as one tensor, not as a list of dictionaries

MAX_ABS_DIFF = 1e-5
"""The largest difference of a probability at which ONNX still counts as the same model."""


@dataclass(frozen=True)
class Parity:
    """How far the ONNX model agrees with the pipeline.

    Attributes:
        max_abs_diff: the largest difference of a probability.
        flips: rows whose label differs.
        rows: rows compared.
    """

    max_abs_diff: float
    flips: int
    rows: int

    @property
    def holds(self) -> bool:
        """Whether the two are the same model."""
        return self.max_abs_diff <= MAX_ABS_DIFF and not self.flips

    def keep_worse(self, other: "Parity") -> "Parity":
        """Takes the worse of both figures: `other` compared some of the same rows another way."""
        worst = max(self.max_abs_diff, other.max_abs_diff)
        return replace(self, max_abs_diff=worst, flips=max(self.flips, other.flips))


def convert_to_onnx(fitted: Pipeline, columns: Sequence[Column]) -> bytes:
    """The pipeline as ONNX: one input `[n, 1]` a column, named as the column.

    Numbers and booleans are float32: tree operators of ONNX take nothing else.

    Raises:
        ExportError: a step has no ONNX form.
    """
    rest, widths = column_inputs.split_off_columns(fitted)
    inputs = [(name, FloatTensorType([None, width])) for name, width in widths.items()]
    try:
        with warnings.catch_warnings():
            # protobuf deprecates the numpy integers that skl2onnx hands it for trees
            warnings.simplefilter("ignore")
            model = convert_sklearn(
                rest, initial_types=inputs, options={id(rest): _NO_ZIPMAP}, target_opset=_OPSETS
            )
    except Exception as error:  # skl2onnx's own have no common base but Exception
        raise ExportError(f"no ONNX form of this pipeline: {get_first_line(error)}") from error
    column_inputs.insert_inputs(model.graph, fitted, columns)
    _name_inputs(model.graph, [each.name for each in columns])
    return bytes(model.SerializeToString())


def _name_inputs(graph: onnx.GraphProto, names: Sequence[str]) -> None:
    """Names the inputs, in their order.

    A tensor inside the graph that has one of these names gets another: a column may be called
    `label`. The graphs of our estimators have no subgraphs.
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
    """The engine that the service would build.

    Raises:
        ExportError: it cannot be built.
    """
    try:
        return OnnxEngine(model, schema)
    except EngineError as error:
        raise ExportError(f"the exported model cannot be served: {error}") from error


def measure_parity(fitted: Pipeline, scores: Scores, features: pd.DataFrame) -> Parity:
    """Compares the pipeline with what the engine said of the same rows."""
    difference = np.abs(fitted.predict_proba(features) - scores.probabilities)
    flips = np.asarray(fitted.predict(features)) != scores.labels
    return Parity(float(difference.max()), int(flips.sum()), len(features))
