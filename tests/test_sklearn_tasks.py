"""scikit-learn models of every task but classification, converted by skl2onnx, as they are served.

`test_sklearn_classifiers.py` has the classifiers.
"""

import warnings
from typing import Any

import numpy as np
import pytest
from skl2onnx import to_onnx
from sklearn.ensemble import (
    GradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.svm import SVR, OneClassSVM

from baton_engine.engine import Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.onnx.opening import open_engine
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.mlmodel import MLModel
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(200, 3)).astype(np.float32)
VALUE = ROWS @ np.array([1.0, 2.0, 3.0])
VALUES = np.column_stack([VALUE, -VALUE])
LABELS = (VALUES + RNG.normal(size=VALUES.shape) > 0).astype(np.int64)
SCHEMA = Schema(tuple(Column(name, "double") for name in "abc"))


def open_model(fitted: Any, schema: Schema = SCHEMA, *, zipmap: bool = False) -> OnnxEngine:
    """Converts a model and opens it as the service does; plain MLflow records no task."""
    has_option = hasattr(fitted, "predict_proba")
    options = {id(fitted): {"zipmap": False}} if has_option and not zipmap else None
    opsets = {"": 18, "ai.onnx.ml": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = to_onnx(fitted, ROWS[:1], target_opset=opsets, options=options)
    content = bytes(model.SerializeToString())
    version = ModelVersion("m", "1", run_id="r", source="s")
    mlmodel = MLModel(schema, "model.onnx", None)
    return open_engine(FetchedModel(version, mlmodel, content, None, verified=True, checksums={}))


def score(engine: OnnxEngine) -> Scores:
    """Scores the rows."""
    return engine.score_rows([tuple(row) for row in ROWS.tolist()])


@pytest.mark.parametrize(
    "model",
    [
        LinearRegression(),
        RandomForestRegressor(5, random_state=0),
        GradientBoostingRegressor(n_estimators=5),
        SVR(),
    ],
    ids=lambda each: type(each).__name__,
)
def test_regressors(model: Any) -> None:
    engine = open_model(model.fit(ROWS, VALUE))
    assert engine.output_schema.task == "regression"
    np.testing.assert_allclose(score(engine)["value"], model.predict(ROWS), atol=1e-4)


@pytest.mark.parametrize(
    "model",
    [
        LinearRegression(),
        RandomForestRegressor(5, random_state=0),
        MultiOutputRegressor(GradientBoostingRegressor(n_estimators=5)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_regressors_of_several_values(model: Any) -> None:
    """skl2onnx declares one value for the forest."""
    engine = open_model(model.fit(ROWS, VALUES))
    assert engine.output_schema.task == "quantiles"
    assert engine.output_schema.names == ("0", "1")
    np.testing.assert_allclose(score(engine)["value"], model.predict(ROWS), atol=1e-4)


@pytest.mark.parametrize(
    "model",
    [
        IsolationForest(n_estimators=5, random_state=0),
        OneClassSVM(),
        LocalOutlierFactor(novelty=True),
    ],
    ids=lambda each: type(each).__name__,
)
def test_anomaly_detectors(model: Any) -> None:
    engine = open_model(model.fit(ROWS))
    assert engine.output_schema.task == "anomaly"
    scores = score(engine)
    assert scores["label"].dtype == np.int64
    assert scores["score"].dtype == np.float64
    decision = model.decision_function(ROWS)
    np.testing.assert_allclose(scores["score"], decision, atol=1e-4)
    is_decided = np.abs(decision) > 1e-4
    np.testing.assert_array_equal(scores["label"][is_decided], model.predict(ROWS)[is_decided])


@pytest.mark.parametrize(
    ("model", "zipmap"),
    [
        (RandomForestClassifier(5, random_state=0), False),
        (KNeighborsClassifier(), False),
        (MultiOutputClassifier(LogisticRegression()), False),
        (OneVsRestClassifier(LogisticRegression()), False),
        (OneVsRestClassifier(LogisticRegression()), True),
    ],
    ids=lambda each: type(each).__name__,
)
def test_multilabel_classifiers(model: Any, *, zipmap: bool) -> None:
    """skl2onnx writes their probabilities in four forms."""
    engine = open_model(model.fit(ROWS, LABELS), zipmap=zipmap)
    assert engine.output_schema.task == "multilabel"
    scores = score(engine)
    assert scores["label"].dtype == np.int64
    assert scores["probabilities"].dtype == np.float32
    expected = model.predict_proba(ROWS)
    if isinstance(expected, list):
        expected = np.column_stack([table[:, 1] for table in expected])
    np.testing.assert_allclose(scores["probabilities"], expected, atol=1e-5)
    is_decided = (np.abs(expected - 0.5) > 1e-5).all(axis=1)
    np.testing.assert_array_equal(scores["label"][is_decided], model.predict(ROWS)[is_decided])
