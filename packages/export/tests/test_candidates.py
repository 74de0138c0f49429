"""Each task gives the outputs of the contract, and the answers of the model."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.support.export.parity import find_same, start_session
from tests.support.export.table import COLUMNS, NUMBERS, TEXTS, Sample, draw_sample

SAMPLE = draw_sample(1_000)
COLUMN_STEPS = ColumnTransformer(
    [
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), TEXTS),
    ]
)
LABEL, PROBABILITIES = ("label", "tensor(int64)", [None]), "probabilities"


def list_targets(sample: Sample) -> dict[str, Any]:
    """The targets of each task."""
    both = np.stack([sample.binary == "yes", sample.multiclass == "a"], axis=1).astype(int)
    return {
        "binary": sample.binary,
        "multiclass": sample.multiclass,
        "number": sample.number,
        "numbers": np.stack([sample.number, -sample.number / 3], axis=1),
        "multilabel": both,
        "bool": sample.binary == "yes",
        "none": None,
    }


@pytest.mark.parametrize(
    ("estimator", "target", "outputs"),
    [
        (
            LogisticRegression(),
            "binary",
            [("label", "tensor(string)", [None]), (PROBABILITIES, "tensor(float)", [None, 2])],
        ),
        (LogisticRegression(), "bool", [LABEL, (PROBABILITIES, "tensor(float)", [None, 2])]),
        (RidgeClassifier(), "multiclass", [("label", "tensor(string)", [None])]),
        (Ridge(), "number", [("value", "tensor(double)", [None, 1])]),
        (Ridge(), "numbers", [("value", "tensor(double)", [None, 2])]),
        (
            MultiOutputClassifier(LogisticRegression()),
            "multilabel",
            [("label", "tensor(int64)", [None, 2]), (PROBABILITIES, "tensor(float)", [None, 2])],
        ),
        (
            IsolationForest(n_estimators=10, random_state=0),
            "none",
            [LABEL, ("score", "tensor(float)", [None])],
        ),
    ],
)
def test_the_outputs_are_those_of_the_contract(
    estimator: Any, target: str, outputs: list[Any]
) -> None:
    """Name, type and shape; and the answers are those of the model."""
    model = Pipeline([("columns", clone(COLUMN_STEPS)), ("estimator", estimator)])
    model.fit(SAMPLE.rows, list_targets(SAMPLE)[target])
    candidate = find_same(model, COLUMNS, SAMPLE.rows)
    assert candidate is not None
    found = start_session(candidate.onnx).get_outputs()
    normal = [(each.name, each.type, [*map(_to_none, each.shape)]) for each in found]
    assert normal == outputs


def _to_none(size: Any) -> Any:
    return size if isinstance(size, int) else None
