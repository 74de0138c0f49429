"""Regressions: one value or several per row."""

from dataclasses import replace

import numpy as np
import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema
from tests.support.fakes.engine_models import (
    DOUBLE,
    FLOAT,
    INT64,
    XN,
    build_endless,
    build_matrix_graph,
    build_network,
    build_regressor,
    make_schema,
)

ROWS = [(0.5, 1), (-3.0, 1)]


@pytest.mark.parametrize("kind", [FLOAT, DOUBLE, TensorProto.FLOAT16])
def test_values_are_float64_of_shape_n(kind: int) -> None:
    """Whatever the type of the model's output; also for a lone row."""
    engine = OnnxEngine(build_regressor(2, kind=kind), XN)
    assert engine.output_schema == OutputSchema("regression")
    for rows in (ROWS, ROWS[:1]):
        scores = engine.score_rows(rows)
        assert scores["value"].dtype == np.float64
        np.testing.assert_array_equal(scores["value"], [1.5, -2.0][: len(rows)])


def test_several_values_have_names() -> None:
    """The recorded ones, or else their numbers."""
    engine = OnnxEngine(build_regressor(2, 3), XN)
    assert engine.output_schema == OutputSchema("quantiles", names=("0", "1", "2"))
    named = OnnxEngine(build_regressor(2, 3), replace(XN, output_names=("p10", "p50", "p90")))
    assert named.output_schema.names == ("p10", "p50", "p90")
    value = named.score_rows(ROWS)["value"]
    assert value.dtype == np.float64
    np.testing.assert_array_equal(value, [[1.5, 3.0, 4.5], [-2.0, -4.0, -6.0]])


def test_the_answer_outranks_the_declared_shape() -> None:
    """skl2onnx declares one value for a forest of several."""
    for shape in ([None, 1], [None, None]):
        engine = OnnxEngine(build_regressor(2, 3, shape=shape), XN)
        assert engine.output_schema.task == "quantiles"
        assert engine.score_rows(ROWS)["value"].shape == (2, 3)


def test_one_named_quantile_is_a_table() -> None:
    schema = replace(XN, task="quantiles", output_names=("p50",))
    engine = OnnxEngine(build_regressor(2), schema)
    assert engine.output_schema == OutputSchema("quantiles", names=("p50",))
    assert engine.score_rows(ROWS)["value"].shape == (2, 1)


@pytest.mark.parametrize(
    ("model", "schema", "words"),
    [
        (build_regressor(2, 3), replace(XN, task="regression"), "3 values per row"),
        (build_regressor(2, 3), replace(XN, output_names=("a", "b")), r"2 names .*\(a, b\)"),
        (build_network(), replace(XN, task="regression"), r"answers label \(int64 \[n\]\), prob"),
    ],
)
def test_other_outputs_than_recorded_are_an_error(model: bytes, schema: Schema, words: str) -> None:
    """The message says what was found."""
    with pytest.raises(EngineError, match=words):
        OnnxEngine(model, schema)


def test_a_model_that_fails_on_synthetic_rows_must_declare_its_width() -> None:
    """Then nothing else tells how many values it answers."""
    fails = [  # the sums of the rows are no shape
        helper.make_node("Constant", [], ["axis"], value_ints=[1]),
        helper.make_node("ReduceSum", ["x", "axis"], ["sums"], keepdims=0),
        helper.make_node("Cast", ["sums"], ["shape"], to=INT64),
        helper.make_node("Reshape", ["x", "shape"], ["value"]),
    ]
    declared = build_matrix_graph(2, fails, [("value", FLOAT, [None, 1])])
    assert OnnxEngine(declared, XN).output_schema == OutputSchema("regression")
    open_shape = build_matrix_graph(2, fails, [("value", FLOAT, [None, None])])
    with pytest.raises(EngineError, match=r"answers value \(float \[n, n\]\); a regression"):
        OnnxEngine(open_shape, XN)


@pytest.mark.parametrize("shape", [[None, 2, 1], [None, 1, 2]])
def test_an_answer_that_is_no_table_is_an_error(shape: list[int | None]) -> None:
    unsqueeze = [
        helper.make_node("Constant", [], ["axis"], value_ints=[shape.index(1)]),
        helper.make_node("Unsqueeze", ["x", "axis"], ["value"]),
    ]
    with pytest.raises(EngineError, match=r"answers shape \(4, .*\); a regression answers"):
        OnnxEngine(build_matrix_graph(2, unsqueeze, [("value", FLOAT, shape)]), XN)


def test_an_endless_regression_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its outputs are counted."""
    monkeypatch.setattr("baton_engine.onnx.engine.PROBE_LIMIT_S", 0.05)
    with pytest.raises(EngineError, match="does not end"):
        OnnxEngine(build_endless(), replace(make_schema(("x", "double")), task="regression"))
