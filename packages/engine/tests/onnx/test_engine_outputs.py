"""Labels and probabilities of the ONNX Runtime engine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array, to_array
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.engine_models import (
    DOUBLE,
    FLOAT,
    INT64,
    XN,
    build_linear,
    build_network,
    make_schema,
)


def build_columns(schema: Schema, *values: Sequence[Any]) -> dict[str, Array]:
    """Builds the columns of a schema from values."""
    return {c.name: to_array(c, v) for c, v in zip(schema.columns, values, strict=True)}


@pytest.mark.parametrize("zipmap", [False, True])
def test_labels_have_the_type_of_the_target(*, zipmap: bool) -> None:
    """Integers stay integers; booleans follow from the schema."""
    columns = build_columns(XN, [0.5, -3], [1, 1])
    numbers = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)], (0, 1), zipmap=zipmap), XN)
    assert numbers.output_schema.classes == (0, 1)
    assert numbers.score(columns)["label"].tolist() == [1, 0]
    schema = Schema(XN.columns, classes=(False, True))
    booleans = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)], (0, 1), zipmap=zipmap), schema)
    labels = booleans.score(columns)["label"].tolist()
    assert labels == [True, False]
    assert all(type(label) is bool for label in labels)


def test_zipmap_is_in_the_order_of_the_classes() -> None:
    model = build_linear([("x", FLOAT)], ("zebra", "ant"), zipmap=True)
    engine = OnnxEngine(model, make_schema(("x", "double")))
    assert engine.output_schema.classes == ("zebra", "ant")
    scores = engine.score({"x": np.array([3.0])})
    assert scores["label"].tolist() == ["ant"]
    assert scores["probabilities"][0, 1] > 0.9


def test_unknown_recorded_class_is_an_error() -> None:
    schema = Schema(XN.columns, classes=("no", "maybe"))
    engine = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)], zipmap=True), schema)
    with pytest.raises(EngineError, match="maybe"):
        engine.score(build_columns(XN, [0.5], [1]))


@pytest.mark.parametrize("rows", [[0, 1, 2], [0], [1], [2]])
def test_rounding_outside_of_the_range_is_clipped(
    rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """NaN stays."""
    engine = OnnxEngine(build_linear([("a", FLOAT)]), Schema((Column("a", "double"),)))
    raw = np.array([[-1.2e-7, 1.0], [np.nan, 0.5], [0.0, 1.0000001]], dtype=np.float32)[rows]
    expected = np.array([[0.0, 1.0], [np.nan, 0.5], [0.0, 1.0]])[rows]

    def run(outputs: Any, feed: Any, options: Any) -> Any:
        return np.array(["yes"] * len(rows), dtype=object), raw

    monkeypatch.setattr(engine, "_run", run)
    scores = engine.score({"a": np.ones(len(rows))})
    np.testing.assert_array_equal(scores["probabilities"], expected)
    assert scores["probabilities"].dtype == np.float32


@pytest.mark.parametrize("label", [INT64, TensorProto.INT32])
@pytest.mark.parametrize("wide", [False, True])
def test_integer_labels_without_names_are_indices(label: int, *, wide: bool) -> None:
    """Also of shape `[n, 1]`."""
    engine = OnnxEngine(build_network(label=label, wide=wide), XN)
    assert engine.output_schema.classes == (0, 1)
    for rows in ([(3.0, 1)], [(3.0, 1), (0.5, 1)]):
        assert engine.score_rows(rows)["label"].tolist() == [0, 1][: len(rows)]


@pytest.mark.parametrize("wide", [False, True])
def test_recorded_texts_replace_indices(*, wide: bool) -> None:
    engine = OnnxEngine(build_network(wide=wide), Schema(XN.columns, ("leaves", "stays")))
    assert engine.score_rows([(3.0, 1), (0.5, 1)])["label"].tolist() == ["leaves", "stays"]
    with pytest.raises(EngineError, match="names only"):
        OnnxEngine(build_network(), Schema(XN.columns, ("leaves",))).score_rows([(0.5, 1)])


def test_duplicate_class_is_rejected() -> None:
    with pytest.raises(EngineError, match="twice"):
        OnnxEngine(build_network(), Schema(XN.columns, ("a", "a")))


@pytest.mark.parametrize("kind", [DOUBLE, TensorProto.FLOAT16])
def test_probabilities_are_cast_to_float32(kind: int) -> None:
    """From float64 and half precision."""
    model = onnx.load_model_from_string(build_network())
    model.graph.node[0].output[0] = "narrow"
    model.graph.node[1].input[0] = "narrow"
    model.graph.node.append(helper.make_node("Cast", ["narrow"], ["probabilities"], to=kind))
    model.graph.output[1].type.tensor_type.elem_type = kind
    engine = OnnxEngine(model.SerializeToString(), XN)
    for rows in ([(3.0, 1)], [(3.0, 1), (0.5, 1)]):
        probabilities = engine.score_rows(rows)["probabilities"]
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities[0], [0.8808, 0.1192], atol=1e-3)


def test_another_number_of_classes_than_the_task_is_an_error() -> None:
    """The classes are those of the graph."""
    OnnxEngine(build_network(), replace(XN, task="binary"))
    with pytest.raises(EngineError, match=r"has 2 classes, .* records the task multiclass"):
        OnnxEngine(build_network(), replace(XN, task="multiclass"))
