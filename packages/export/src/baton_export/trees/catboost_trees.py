"""CatBoost: models of numbers, from the graph that the library writes itself.

See https://catboost.ai/docs/en/concepts/apply-onnx-ml. CatBoost rounds numbers to float32.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from baton_export.emitter import Answer, Classes, Emitter
from baton_export.errors import Refused
from baton_export.graph.table import Matrix, Table

_CLASS_LOSSES = ("Logloss", "CrossEntropy", "MultiClass")
_VALUE_LOSSES = ("RMSE", "MAE", "Quantile", "MAPE", "Huber", "Expectile")


def emit_estimator(model: Any, table: Table, emitter: Emitter) -> Answer:
    """`CatBoostClassifier` and `CatBoostRegressor`."""
    is_classifier = hasattr(model, "predict_proba")
    _check(model, _CLASS_LOSSES if is_classifier else _VALUE_LOSSES)
    matrix = table.join(emitter.graph)
    if matrix.is_text:
        raise Refused("its columns are texts", "encode them, for example by a OneHotEncoder")
    graph = _write_graph(model)
    single = emitter.cast(matrix.tensor, TensorProto.FLOAT)
    outputs = emitter.graph.inline(graph, {graph.graph.input[0].name: single})
    tensor = emitter.cast(outputs[-1], TensorProto.DOUBLE)
    if is_classifier:
        return Classes(len(model.classes_), tensor)
    shape = emitter.graph.add_constant(np.array([-1, 1]))
    return Matrix(emitter.graph.add("Reshape", tensor, shape), 1)


def _check(model: Any, losses: tuple[str, ...]) -> None:
    if model.get_cat_feature_indices() or model.get_text_feature_indices():
        raise Refused(
            "CatBoost writes no ONNX of categories", "encode them, for example by a OneHotEncoder"
        )
    loss = str(model.get_all_params().get("loss_function", "")).partition(":")[0]
    if loss not in losses:
        raise Refused(
            f"CatBoost's ONNX drops the link of loss_function={loss!r}",
            f"use one of {', '.join(losses)}",
        )


def _write_graph(model: Any) -> onnx.ModelProto:
    """Returns CatBoost's graph, whose last output is the probabilities or the values."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        model.save_model(str(file), format="onnx")
        graph = onnx.load(str(file))
    zip_maps = {node.output[0]: node.input[0] for node in graph.graph.node if is_zip_map(node)}
    kept = [node for node in graph.graph.node if not is_zip_map(node)]
    names = [zip_maps.get(each.name, each.name) for each in graph.graph.output]
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in kept]
    del graph.graph.node[:], graph.graph.output[:]
    graph.graph.node.extend(nodes)
    graph.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    return graph


def is_zip_map(node: onnx.NodeProto) -> bool:
    """Whether a node makes dictionaries of probabilities."""
    return bool(node.op_type == "ZipMap")
