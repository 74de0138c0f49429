"""Every family of estimators answers as in scikit-learn, behind a scaler."""

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.covariance import EllipticEnvelope
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import (
    Lars,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    TweedieRegressor,
)
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from baton_export import CannotExport, iter_candidates
from tests.support.export.pipelines import LEARNED, build_pipeline, fit_and_find
from tests.support.export.table import COLUMNS

LOGISTIC = LogisticRegression(max_iter=300)
FOREST = RandomForestClassifier(10, random_state=0)
MEMBERS = [("linear", LOGISTIC), ("forest", FOREST)]
REGRESSORS = [("linear", Ridge()), ("forest", RandomForestRegressor(10, random_state=0))]


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        (LinearDiscriminantAnalysis(), "binary"),
        (LinearDiscriminantAnalysis(), "multiclass"),
        (LOGISTIC, "multiclass"),
        (LOGISTIC, "float"),
        (SGDClassifier(loss="log_loss", random_state=0), "multiclass"),
        (RidgeClassifier(), "binary"),
        (LinearSVC(), "multiclass"),
        (LinearRegression(), "number"),
        (PoissonRegressor(), "positive"),
        (TweedieRegressor(power=1.5), "positive"),
        (TweedieRegressor(power=0), "number"),
        (
            MLPClassifier((8,), max_iter=20, tol=10, n_iter_no_change=1, random_state=0),
            "multiclass",
        ),
        (
            MLPRegressor(
                hidden_layer_sizes=(8,), max_iter=20, tol=10, n_iter_no_change=1, random_state=0
            ),
            "numbers",
        ),
        (VotingClassifier(MEMBERS, voting="soft", weights=[2, 1]), "multiclass"),
        (VotingClassifier(MEMBERS, voting="hard"), "binary"),
        (VotingRegressor(REGRESSORS), "number"),
        (StackingClassifier(MEMBERS, passthrough=True, cv=2), "binary"),
        (StackingRegressor(REGRESSORS, cv=2), "number"),
        (BaggingClassifier(LOGISTIC, 3, max_features=0.7, random_state=0), "binary"),
        (OneVsRestClassifier(LOGISTIC), "multiclass"),
        (MultiOutputRegressor(Ridge()), "numbers"),
        (RegressorChain(Ridge(), order=[1, 0]), "numbers"),
        (MultiOutputClassifier(FOREST), "multilabel"),
        (ClassifierChain(LOGISTIC), "multilabel"),
        (CalibratedClassifierCV(FOREST, cv=2), "multiclass"),
        (CalibratedClassifierCV(FOREST, cv=2, method="isotonic"), "binary"),
        (CalibratedClassifierCV(LinearSVC(), cv=2, method="isotonic"), "multiclass"),
        (FixedThresholdClassifier(LOGISTIC, threshold=0.3, pos_label="yes"), "binary"),
        (FixedThresholdClassifier(LOGISTIC, threshold=0.3, pos_label="no"), "binary"),
        (TunedThresholdClassifierCV(LOGISTIC, cv=2), "codes"),
        (TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1), "positive"),
        (TransformedTargetRegressor(Ridge(), transformer=StandardScaler()), "numbers"),
        (GridSearchCV(LOGISTIC, {"C": [0.1, 1]}, cv=2), "binary"),
        (DummyClassifier(), "multiclass"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_an_estimator_answers_the_same(estimator: Any, target: str) -> None:
    """Exactly: no label, and no probability or value by more than rounding."""
    candidate = fit_and_find(build_pipeline(estimator), target)
    assert candidate is not None
    assert candidate.way == "exact"


def test_an_envelope_has_its_distance_as_score() -> None:
    """Of numbers only: one-hot columns have no full covariance."""
    model = build_pipeline(EllipticEnvelope(random_state=0, support_fraction=1.0))
    model.set_params(columns__texts="drop")
    assert fit_and_find(model, "none") is not None


def test_a_kernel_machine_is_rounded() -> None:
    """ONNX Runtime has support vector machines of float32 only."""
    candidate = fit_and_find(build_pipeline(SVC()), "binary")
    assert candidate is not None


def test_coefficients_that_cancel_are_refused() -> None:
    """Lars with a column for each category finds such ones, but not in every version."""
    model = build_pipeline(Lars()).fit(LEARNED.rows, LEARNED.number)
    model[-1].coef_[:2] = 1e9, -1e9
    with pytest.raises(CannotExport, match=r"Lars.*coefficients are so large"):
        next(iter_candidates(model, COLUMNS))
