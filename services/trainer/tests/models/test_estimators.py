import subprocess
import sys

import numpy as np
import pytest

from baton_trainer.errors import ParameterError
from baton_trainer.models import estimators, threads
from baton_trainer.models.families import CLASSIFIERS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0.1", 0.1),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("none", None),
        ("balanced", "balanced"),
        ("", ""),
    ],
)
def test_a_parameter_is_parsed_by_its_form(text: str, value: object) -> None:
    """Integers, floats, booleans and none; anything else is text."""
    assert estimators.parse_value(text) == value
    assert type(estimators.parse_value(text)) is type(value)


def test_parameters_override_the_defaults() -> None:
    """The random state, too."""
    forest = estimators.build_learner("classifier", "random_forest", {"n_estimators": "7"}).params
    assert (forest["n_estimators"], forest["random_state"]) == (7, 0)
    assert forest["min_samples_leaf"] == 5
    params = {"n_estimators": "7", "random_state": "3"}
    assert (
        estimators.build_learner("classifier", "random_forest", params, seed=9).params[
            "random_state"
        ]
        == 3
    )


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("svm", {}, "unknown estimator 'svm'; use one of logistic, hist_gradient"),
        ("logistic", {"depth": "3"}, "logistic has no parameter 'depth'; use one of C, "),
        ("logistic", {"C": "much"}, "The 'C' parameter.*Got 'much'"),
        ("logistic", {"C": "-1"}, "The 'C' parameter"),
        ("random_forest", {"n_estimators": "1.5"}, "The 'n_estimators' parameter"),
        ("hist_gradient_boosting", {"max_iter": "0"}, "The 'max_iter' parameter"),
        ("logistic", {"solver": "liblinear", "l1_ratio": "0.5"}, "liblinear"),
        (
            "lightgbm",
            {"num_leaves": "many"},
            "lightgbm: Parameter num_leaves should be of type int",
        ),
        ("lightgbm", {"num_leaves": "1"}, r"lightgbm: Check failed: \(num_leaves\) > \(1\)$"),
        ("xgboost", {"max_depth": "-3"}, "xgboost: value -3 for Parameter max_depth should be"),
        ("xgboost", {"booster": "no"}, "^xgboost: Unknown gbm type no$"),
    ],
)
def test_an_invalid_estimator_or_parameter_gives_one_line(
    name: str, params: dict[str, str], message: str
) -> None:
    """If the library rejects a value, the line quotes it."""
    with pytest.raises(ParameterError, match=message) as caught:
        estimators.build_learner("classifier", name, params)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_seed_is_the_random_state(name: str) -> None:
    """Two fits with one seed agree to the last digit."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 3))
    truth = np.where(rows[:, 0] + rng.normal(size=200) > 0, "yes", "no")
    classifiers = [estimators.build_learner("classifier", name, {}, seed=7) for _ in range(2)]
    assert classifiers[0].params["random_state"] == 7
    with threads.limit(len(rows)):
        first, second = (
            each.estimator.fit(rows, truth).predict_proba(rows) for each in classifiers
        )
    assert (first == second).all()


def test_a_booster_is_imported_only_if_used() -> None:
    """LightGBM and XGBoost take seconds to import."""
    code = """
import sys
from baton_trainer.models import estimators
from baton_trainer.models import threads
import baton_trainer.training
estimators.build_learner("classifier", "logistic", {})
print({"lightgbm", "xgboost", "onnxmltools", "optuna"} & set(sys.modules))
estimators.build_learner("classifier", "lightgbm", {})
print("lightgbm" in sys.modules, "xgboost" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["set()", "True False"]
