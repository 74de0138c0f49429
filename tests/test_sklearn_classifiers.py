"""Each scikit-learn classifier, converted as in docs/own-model.md, serves its own predictions."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import all_estimators
from threadpoolctl import threadpool_limits

from baton_engine.engine import EngineError
from baton_engine.onnx.opening import open_engine
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.mlmodel import MLModel
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema

SCORES = {
    "NuSVC",
    "OneVsOneClassifier",
    "PassiveAggressiveClassifier",
    "Perceptron",
    "RidgeClassifier",
    "RidgeClassifierCV",
    "SGDClassifier",
    "SVC",
}
"""They have no probabilities; ONNX has decision scores instead."""
NOT_CONVERTIBLE = {
    "ClassifierChain",
    "DummyClassifier",
    "FixedThresholdClassifier",
    "LabelPropagation",
    "LabelSpreading",
    "LinearSVC",
    "MultiOutputClassifier",
    "NearestCentroid",
    "OutputCodeClassifier",
    "SelfTrainingClassifier",
}
"""skl2onnx rejects them with these options, or they do not learn one label per row."""
BROKEN = {"GaussianProcessClassifier", "RadiusNeighborsClassifier"}
"""ONNX Runtime rejects the model of skl2onnx when it loads or runs."""
WRONG_MODELS = {"LinearDiscriminantAnalysis", "TunedThresholdClassifierCV"}
"""skl2onnx creates a different model: https://github.com/onnx/sklearn-onnx/issues/1116."""
WRAPPERS = {
    "CalibratedClassifierCV",
    "OneVsOneClassifier",
    "OneVsRestClassifier",
    "TunedThresholdClassifierCV",
}
LISTS = {"StackingClassifier", "VotingClassifier"}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "CalibratedClassifierCV": {"cv": 2},
    "HistGradientBoostingClassifier": {"max_iter": 5},
    "LogisticRegressionCV": {"cv": 2, "Cs": 2},
    "MLPClassifier": {"hidden_layer_sizes": (5,), "max_iter": 30},
    "QuadraticDiscriminantAnalysis": {"reg_param": 0.1},
    "StackingClassifier": {"cv": 2},
    "TunedThresholdClassifierCV": {"cv": 2},
    "VotingClassifier": {"voting": "soft", "flatten_transform": False},
}
KNOWN = [
    name for name, _ in all_estimators(type_filter="classifier") if name not in NOT_CONVERTIBLE
]

_random = np.random.default_rng(0)
_ROWS = 80
# Exact in float32: rounding never moves a row across a tree's threshold.
FEATURES = pd.DataFrame(
    {
        "age": (_random.integers(0, 1024, _ROWS) / 128).astype("float32"),
        "visits": (_random.integers(0, 1024, _ROWS) / 128).astype("float32"),
        "plan": _random.choice(["basic", "pro", "team"], _ROWS),
    }
)
SCHEMA = Schema((Column("age", "float"), Column("visits", "float"), Column("plan", "string")))
_leaning = FEATURES.age + 2 * (FEATURES.plan == "pro") + _random.normal(size=_ROWS)
TARGETS: dict[str, NDArray[Any]] = {}
for _count, _bounds in ((2, [4.5]), (3, [3, 6])):
    TARGETS[f"{_count} numbers"] = np.digitize(_leaning, _bounds)
    TARGETS[f"{_count} texts"] = np.array(["low", "mid", "high"])[TARGETS[f"{_count} numbers"]]


def fit(name: str, target: NDArray[Any]) -> Pipeline:
    """Fits a pipeline that ends in the classifier of that name."""
    kind = dict(all_estimators(type_filter="classifier"))[name]
    arguments: dict[str, Any] = dict(ARGUMENTS.get(name, {}))
    if name in WRAPPERS:
        arguments["estimator"] = LogisticRegression()
    if name in LISTS:
        arguments["estimators"] = [("a", LogisticRegression()), ("b", LogisticRegression(C=0.1))]
    elif "n_estimators" in kind._get_param_names():
        arguments["n_estimators"] = 5
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    preprocessing = ColumnTransformer(
        [("numbers", "passthrough", ["age", "visits"]), ("categories", encoder, ["plan"])]
    )
    return make_pipeline(preprocessing, kind(**arguments)).fit(FEATURES, target)


def convert(pipeline: Pipeline) -> bytes:
    """Converts the pipeline to ONNX like the document."""
    inputs = [(name, FloatTensorType([None, 1])) for name in ("age", "visits")]
    inputs += [("plan", StringTensorType([None, 1]))]
    options = {id(pipeline): {"zipmap": False}}
    model = convert_sklearn(pipeline, initial_types=inputs, options=options)
    return bytes(model.SerializeToString())


def build_fetched_model(onnx: bytes) -> FetchedModel:
    """Builds a fetched version with that ONNX file."""
    return FetchedModel(
        version=ModelVersion("m", "1", run_id="r", source="s"),
        mlmodel=MLModel(SCHEMA, "model.onnx", None),
        onnx=onnx,
        input_example=None,
        verified=True,
        checksums={},
    )


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Ignores convergence warnings, and uses one thread because the table is small."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", [n for n in KNOWN if n not in SCORES | BROKEN])
def test_classifier_serves_its_predictions(name: str, target: str) -> None:
    """Classes, labels and probabilities are those of scikit-learn, for numeric and text classes."""
    if name == "TunedThresholdClassifierCV" and target.startswith("3"):
        return  # for two classes only
    pipeline = fit(name, TARGETS[target])
    engine = open_engine(build_fetched_model(convert(pipeline)))
    scores = engine.score({each.name: FEATURES[each.name].to_numpy() for each in SCHEMA.columns})
    assert engine.output_schema.classes == tuple(pipeline.classes_.tolist())
    if name not in WRONG_MODELS:
        assert scores["label"].tolist() == pipeline.predict(FEATURES).tolist()
        expected = pipeline.predict_proba(FEATURES)
        np.testing.assert_allclose(scores["probabilities"], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", sorted(SCORES))
def test_decision_scores_are_rejected(name: str, target: str) -> None:
    """A classifier without probabilities is rejected."""
    if name == "OneVsOneClassifier" and target.endswith("texts"):
        return  # ONNX Runtime rejects the model of skl2onnx
    model = convert(fit(name, TARGETS[target]))
    with pytest.raises(EngineError, match="decision scores"):
        open_engine(build_fetched_model(model))
