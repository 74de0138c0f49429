import numpy as np
import pytest
from lightgbm import LGBMRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import Ridge
from xgboost import XGBRegressor

from baton_trainer.errors import ParameterError
from baton_trainer.gate.trained_model import fit_and_evaluate
from baton_trainer.models import estimators, pipeline
from baton_trainer.models.families import REGRESSORS
from baton_trainer.progress import NoProgress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table
from baton_trainer.tuning import search
from tests.support.trainer.tables import QUICK
from tests.support.trainer.values import as_values, some_houses


@pytest.fixture(scope="module")
def houses() -> Table:
    return some_houses()


@pytest.mark.parametrize("name", REGRESSORS)
def test_every_regressor_is_exported_exactly(name: str, houses: Table) -> None:
    """Within 1e-5 standard deviations on every held-out row, and better than the mean."""
    learner = estimators.build_learner("regressor", name, QUICK.get(name, {}))
    unfitted = pipeline.build(learner, houses.features, houses.columns)
    model = fit_and_evaluate(unfitted, houses, Train(task="regression"), NoProgress())
    assert model.parity.holds
    assert model.parity.rows == houses.held_out.sum()
    assert model.engine.output_schema == houses.output_schema
    assert "onnx_label_flips" not in model.metrics
    outcome = as_values(model.report.held_out)
    assert outcome.compute_metrics()["r2"] > 0.5
    assert (outcome.truth == houses.target[houses.held_out]).all()


@pytest.mark.parametrize("name", REGRESSORS)
def test_search_starts_from_the_untuned_regressor(name: str, houses: Table) -> None:
    """The space includes the defaults, and the best trial has the lowest RMSE."""
    params = QUICK.get(name, {})
    untuned = estimators.build_learner("regressor", name, params)
    for argument, space in search.build_space(REGRESSORS[name]).items():
        default = estimators.build_learner("regressor", name, {}).params[argument]
        assert space._contains(space.to_internal_repr(default)), argument
    trials = list(search.run_trials(houses, untuned, Train(search=2, params=params)))
    assert trials[0].learner.params == untuned.params
    best = search.choose_best(trials)
    assert best.value == min(each.metrics["rmse"] for each in trials)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        (
            "regressor",
            "logistic",
            "'logistic' is a classifier.*needs a regressor; use one of ridge,",
        ),
        ("classifier", "ridge", "'ridge' is a regressor.*needs a classifier; use one of logistic,"),
        ("regressor", "svm", "unknown estimator 'svm'; use one of ridge, hist_gradient"),
    ],
)
def test_estimator_of_the_other_kind_is_rejected(kind: str, name: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        estimators.build_learner(kind, name, {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("ridge", Ridge()),
        ("hist_gradient_boosting", HistGradientBoostingRegressor(random_state=0)),
        ("random_forest", RandomForestRegressor(random_state=0)),
        ("lightgbm", LGBMRegressor(random_state=0, n_jobs=1, verbose=-1)),
        ("xgboost", XGBRegressor(random_state=0, n_jobs=1)),
    ],
)
def test_regressor_is_as_good_as_a_plain_script(name: str, plain: object) -> None:
    """Within 2 % of the library's defaults, on the same rows."""
    houses = some_houses(1_500)
    learner = estimators.build_learner("regressor", name, {})
    fitted = []
    for estimator in (learner.estimator, plain):
        chosen = estimators.Learner(learner.kind, name, estimator, {})
        unfitted = pipeline.build(chosen, houses.features, houses.columns)
        rows = ~houses.held_out
        fitted.append(unfitted.fit(houses.features[rows], houses.target[rows]))
    errors = [
        each.predict(houses.features[houses.held_out]) - houses.target[houses.held_out]
        for each in fitted
    ]
    own, other = (np.sqrt(np.mean(np.square(each))) for each in errors)
    assert own <= 1.02 * other
