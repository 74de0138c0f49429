"""What a model answers is read from the fitted model."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR, LinearSVC

from baton_export import CannotExport, ModelTask, describe_task

ROWS = np.random.default_rng(0).normal(size=(60, 3))
YES = ROWS[:, 0] > 0
THREE = np.digitize(ROWS[:, 0], [-0.5, 0.5])
TWO_NUMBERS = ROWS[:, :2]
NAMES = ("y0", "y1")


@pytest.mark.parametrize(
    ("model", "target", "task"),
    [
        (LogisticRegression(), YES, ModelTask("binary", (False, True))),
        (LogisticRegression(), YES.astype(float), ModelTask("binary", (0, 1))),
        (LogisticRegression(), THREE.astype(str), ModelTask("multiclass", ("0", "1", "2"))),
        (LinearSVC(), YES, ModelTask("binary", (False, True), has_probabilities=False)),
        (Ridge(), ROWS[:, 0], ModelTask("regression")),
        (SVR(kernel="linear"), ROWS[:, 0], ModelTask("regression")),
        (Ridge(), TWO_NUMBERS, ModelTask("quantiles", names=NAMES)),
        (RandomForestRegressor(2), TWO_NUMBERS, ModelTask("quantiles", names=NAMES)),
        (KNeighborsRegressor(), TWO_NUMBERS, ModelTask("quantiles", names=NAMES)),
        (
            MultiOutputClassifier(LogisticRegression()),
            TWO_NUMBERS > 0,
            ModelTask("multilabel", names=NAMES),
        ),
        (IsolationForest(n_estimators=2), None, ModelTask("anomaly")),
        (
            GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [1, 2]}, cv=2),
            ROWS[:, 0],
            ModelTask("regression"),
        ),
    ],
)
def test_the_task_of_a_model(model: Any, target: Any, task: ModelTask) -> None:
    """Classes are plain values, several outputs have names."""
    assert describe_task(model.fit(ROWS, target)) == task


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        (ModelTask("binary"), ("label", "probabilities")),
        (ModelTask("binary", has_probabilities=False), ("label",)),
        (ModelTask("quantiles"), ("value",)),
        (ModelTask("anomaly"), ("label", "score")),
    ],
)
def test_the_outputs_of_a_task(task: ModelTask, outputs: tuple[str, ...]) -> None:
    """Names of the graph's outputs."""
    assert task.outputs == outputs


def test_a_model_without_a_task_is_refused() -> None:
    """A transformer, labels that are fractions, several targets of three classes."""
    halves = LogisticRegression().fit(ROWS, YES)
    halves.classes_ = np.array([0.5, 1.5])
    several = MultiOutputClassifier(LogisticRegression()).fit(ROWS, np.c_[THREE, THREE])
    for model, text in (
        (StandardScaler(), "neither a classifier"),
        (halves, "neither texts nor whole numbers"),
        (several, "one model per target"),
        (BaseEstimator(), "end the pipeline"),
    ):
        with pytest.raises(CannotExport, match=text):
            describe_task(model)
