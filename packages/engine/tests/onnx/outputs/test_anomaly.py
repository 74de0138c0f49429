"""Anomaly detectors: a label, -1 or 1, and a score."""

from dataclasses import replace

import numpy as np
import pytest

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.onnx.outputs.checks import check_scores
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema
from tests.support.fakes.engine_models import XN, build_anomaly, build_network, build_regressor

ROWS = [(0.5, 1), (-3.0, 1)]
RECORDED = replace(XN, task="anomaly")


@pytest.mark.parametrize("width", [1, None])
@pytest.mark.parametrize("schema", [XN, RECORDED])
def test_labels_and_scores_have_shape_n(width: int | None, schema: Schema) -> None:
    """The outputs show the task if it is not recorded."""
    engine = OnnxEngine(build_anomaly(2, width=width), schema)
    assert engine.output_schema == OutputSchema("anomaly")
    for rows in (ROWS, ROWS[:1]):
        scores = engine.score_rows(rows)
        np.testing.assert_array_equal(scores["label"], [1, -1][: len(rows)])
        np.testing.assert_array_equal(scores["score"], [1.5, -2.0][: len(rows)])
        assert scores["label"].dtype == np.int64
        assert scores["score"].dtype == np.float64


def test_other_labels_are_rejected() -> None:
    """Such a model may be a classifier without names."""
    engine = OnnxEngine(build_anomaly(2, low=0), XN)
    with pytest.raises(EngineError, match=r"the label 0, but -1 and 1 .*'classes'"):
        check_scores(engine.score_rows(ROWS), 2, engine.output_schema)


@pytest.mark.parametrize("model", [build_regressor(2), build_regressor(2, 3)])
def test_other_outputs_are_rejected(model: bytes) -> None:
    """The message says what was found."""
    with pytest.raises(EngineError, match=r"answers value \(float \[n, .\]\); an anomaly"):
        OnnxEngine(model, RECORDED)


def test_a_score_of_several_columns_is_rejected() -> None:
    engine = OnnxEngine(build_network(), RECORDED)
    with pytest.raises(EngineError, match=r"scores of shape \(2, 2\)"):
        engine.score_rows(ROWS)
