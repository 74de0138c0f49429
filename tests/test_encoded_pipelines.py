"""The graphs of converters are encoded outside of ONNX, and answer the same, bit for bit."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from baton_engine.onnx.encoding.encoding import build_encoded
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.transpose import Rows
from baton_export import InputColumn, iter_candidates
from baton_registry.versions.schema import Column, Schema
from baton_trainer.models import estimators, export, pipeline
from tests.support.trainer.tables import QUICK

_random = np.random.default_rng(0)
_ROWS = 300
FEATURES = pd.DataFrame(
    {
        "age": _random.integers(18, 90, _ROWS).astype("float64"),
        "plan": _random.choice(["basic", "pro", "team"], _ROWS),
        "balance": np.where(_random.random(_ROWS) < 0.1, np.nan, _random.normal(0, 5e3, _ROWS)),
        "city": _random.choice(["Bern", "Oslo", "Rome", "Lima"], _ROWS),
    }
)
_IS_YES = FEATURES.age + 30 * (FEATURES.plan == "pro") + _random.normal(0, 9, _ROWS) > 60
TARGET = np.where(_IS_YES, "yes", "no")
SCHEMA = Schema(
    (
        Column("age", "double"),
        Column("plan", "string", required=False),
        Column("balance", "double", required=False),
        Column("city", "string", required=False),
    )
)


def build_rows() -> Rows:
    """Builds rows with gaps, unknown texts and numbers far outside of the training data."""
    cells = FEATURES.astype(object).where(FEATURES.notna(), None)
    known = [tuple(row) for row in cells.head(100).to_numpy().tolist()]
    odd = [(35.5, None, None, "Paris"), (1e30, "", 1e300, None), (-0.0, "pro ", -1e-40, "bern")]
    return known + odd


def fit(classifier: Any, handle_unknown: str = "ignore") -> Pipeline:
    """Fits the pipeline that most tutorials show."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    one_hot = OneHotEncoder(handle_unknown=handle_unknown, sparse_output=False)
    steps = [("numbers", numbers, ["age", "balance"]), ("texts", one_hot, ["plan", "city"])]
    return Pipeline([("columns", ColumnTransformer(steps)), ("classifier", classifier)]).fit(
        FEATURES, TARGET
    )


def convert_usual(fitted: Pipeline) -> list[bytes]:
    """Converts by skl2onnx, as docs/own-model.md shows."""
    kinds: Mapping[str, Callable[[list[Any]], Any]] = {
        "double": FloatTensorType,
        "string": StringTensorType,
    }
    types = [(column.name, kinds[column.type]([None, 1])) for column in SCHEMA.columns]
    model = convert_sklearn(fitted, initial_types=types, options={id(fitted): {"zipmap": False}})
    return [bytes(model.SerializeToString())]


def convert_exactly(fitted: Pipeline) -> list[bytes]:
    """Converts by `baton_export`, in each of its ways."""
    inputs = [
        InputColumn(each.name, "text" if each.type == "string" else "number")
        for each in SCHEMA.columns
    ]
    return [each.onnx for each in iter_candidates(fitted, inputs)]


def assert_is_encoded(model: bytes, rows: Rows) -> None:
    """The new graph takes one matrix, or one of numbers and one of flags, and no column."""
    whole = OnnxEngine(model, SCHEMA)
    encoded = build_encoded(whole, model, SCHEMA, rows)
    assert len(encoded._session.get_inputs()) == 1
    for part in (rows, *([row] for row in rows)):
        expected, found = whole.score_rows(part), encoded.score_rows(part)
        assert expected["label"].tolist() == found["label"].tolist()
        assert expected["probabilities"].tobytes() == found["probabilities"].tobytes()


@pytest.mark.parametrize("name", QUICK)
def test_trained_pipelines(name: str) -> None:
    """All estimators of `baton train`."""
    classifier = estimators.build_learner("classifier", name, QUICK[name])
    fitted = pipeline.build(classifier, FEATURES, SCHEMA.columns).fit(FEATURES, TARGET)
    assert_is_encoded(export.convert_to_onnx(fitted, SCHEMA.columns), build_rows())


@pytest.mark.parametrize("convert", [convert_usual, convert_exactly])
@pytest.mark.parametrize("handle_unknown", ["ignore", "error"])
def test_converted_pipelines(
    convert: Callable[[Pipeline], list[bytes]], handle_unknown: str
) -> None:
    """With and without a failure on unknown texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = convert(fit(LogisticRegression(), handle_unknown))
    assert models
    for model in models:
        assert_is_encoded(model, build_rows()[: None if handle_unknown == "ignore" else 100])
