"""What models answer, in one form for each task."""

from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from baton_export import ModelTask, describe_task
from baton_trainer.importing.isolation.child.answers import check_served, predict

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(RNG.normal(size=(60, 3)), columns=["a", "b", "c"])
FIRST = (ROWS["a"] > 0).to_numpy()
SECOND = (ROWS["b"] > 0).to_numpy()


def answer(model: Any) -> dict[str, Any]:
    """Predicts the rows."""
    return predict(model, describe_task(model), ROWS)


@pytest.mark.parametrize("classes", [["no", "yes"], [3, 7], [False, True], [0.0, 1.0]])
def test_labels_are_indices(classes: list[Any]) -> None:
    """Whatever the type of the classes is."""
    model = LogisticRegression().fit(ROWS, np.array(classes)[FIRST.astype(int)])

    answers = answer(model)

    assert answers["label"].shape == (60, 1)
    labels = np.array(classes)[answers["label"][:, 0].astype(int)]
    assert labels.tolist() == model.predict(ROWS).tolist()
    assert np.array_equal(answers["probabilities"], model.predict_proba(ROWS))


@pytest.mark.parametrize("model", [LinearSVC(), make_pipeline(StandardScaler(), LinearSVC())])
def test_a_classifier_without_probabilities_is_refused(model: Any) -> None:
    """Inference needs them; the message names the estimator, not its pipeline."""
    model.fit(ROWS, FIRST)

    with pytest.raises(ValueError, match="LinearSVC has no predict_proba; wrap it in Calibrated"):
        check_served(model, describe_task(model))


def test_values() -> None:
    """One or several a row."""
    one = LinearRegression().fit(ROWS, ROWS["a"] * 2)
    two = LinearRegression().fit(ROWS, ROWS[["a", "b"]])

    assert answer(one)["value"].shape == (60, 1)
    assert np.array_equal(answer(two)["value"], two.predict(ROWS))


def test_anomalies() -> None:
    """Labels of -1 and 1 stay."""
    model = IsolationForest(n_estimators=5, random_state=0).fit(ROWS)

    answers = answer(model)

    assert set(answers["label"].ravel()) <= {-1.0, 1.0}
    assert np.array_equal(answers["score"][:, 0], model.decision_function(ROWS))


def test_several_labels() -> None:
    """A matrix of labels, and for each the probability that it is there."""
    model = RandomForestClassifier(5, random_state=0).fit(ROWS, np.column_stack([FIRST, SECOND]))

    answers = answer(model)

    assert np.array_equal(answers["label"], model.predict(ROWS))
    assert answers["probabilities"].shape == (60, 2)
    assert np.array_equal(answers["probabilities"][:, 1], model.predict_proba(ROWS)[1][:, 1])


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_native_boosters(library: str) -> None:
    """A Booster answers as the classifier that it is the inside of."""
    if library == "lightgbm":
        model = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(ROWS, FIRST.astype(int))
        booster: Any = model.booster_
    else:
        model = xgboost.XGBClassifier(n_estimators=3).fit(ROWS, FIRST.astype(int))
        booster = model.get_booster()

    answers = predict(booster, ModelTask("binary", (0, 1)), ROWS)

    assert np.allclose(answers["probabilities"], model.predict_proba(ROWS), atol=1e-6)
    assert np.array_equal(answers["label"][:, 0], model.predict(ROWS))
