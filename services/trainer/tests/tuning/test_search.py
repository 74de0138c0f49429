from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from baton_trainer.errors import ParameterError
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.models import estimators
from baton_trainer.models.families import CLASSIFIERS
from baton_trainer.request import Train
from baton_trainer.tuning import search
from baton_trainer.tuning.search import Trial
from tests.support.trainer.tables import QUICK, some_table


def run_trials(
    estimator: str, count: int, params: Mapping[str, str] | None = None, seed: int = 0
) -> list[Trial]:
    params = params or {}
    untuned = estimators.build_learner("classifier", estimator, params, seed)
    return list(
        search.run_trials(some_table(), untuned, Train(params=params, search=count, seed=seed))
    )


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_same_seed_gives_the_same_trials(estimator: str) -> None:
    """The metrics are the same to the last digit."""
    first, second = (run_trials(estimator, 3, QUICK[estimator]) for _ in range(2))
    assert [each.params for each in first] == [each.params for each in second]
    assert [each.metrics for each in first] == [each.metrics for each in second]
    assert len({str(each.params) for each in first}) == 3


def test_another_seed_gives_other_trials() -> None:
    """Except for the first trial, which is always the untuned estimator."""
    one, other = run_trials("logistic", 2), run_trials("logistic", 2, seed=1)
    assert one[0].params == other[0].params
    assert one[1].params != other[1].params


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_first_trial_is_the_untuned_estimator(estimator: str) -> None:
    """A search never makes it worse; the space includes the defaults."""
    untuned = estimators.build_learner("classifier", estimator, {})
    for name, space in search.build_space(CLASSIFIERS[estimator]).items():
        assert space._contains(space.to_internal_repr(untuned.params[name])), name
    params = QUICK[estimator]
    (trial,) = run_trials(estimator, 1, params)
    assert trial.learner.params == estimators.build_learner("classifier", estimator, params).params


def test_requested_parameters_are_not_tuned() -> None:
    """Every trial uses them."""
    result = run_trials("lightgbm", 2, {"n_estimators": "20", "num_leaves": "4"})
    assert {each.learner.params["n_estimators"] for each in result} == {20}
    assert not {"n_estimators", "num_leaves"} & set(result[1].params)


def test_a_search_over_nothing_is_rejected() -> None:
    """The user sets every parameter that would be tuned."""
    with pytest.raises(ParameterError, match="logistic is tuned by C only"):
        run_trials("logistic", 1, {"C": "1"})


def test_the_best_trial_has_the_highest_roc_auc() -> None:
    """The earlier of two equal trials is the best."""
    untuned = estimators.build_learner("classifier", "logistic", {})
    result = [
        Trial(number, {}, {"roc_auc": auc}, untuned, ClassOutcome.metric)
        for number, auc in enumerate([0.7, 0.8, 0.8])
    ]
    assert search.choose_best(result).number == 1


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_both_bounds_of_every_range_are_valid(estimator: str) -> None:
    """A long search does not fail at a value that the estimator rejects."""
    for end in (0, -1):
        values = {
            name: str(list_bounds(space)[end])
            for name, space in search.build_space(CLASSIFIERS[estimator]).items()
        }
        assert set(values) <= set(estimators.build_learner("classifier", estimator, values).params)


def list_bounds(space: BaseDistribution) -> Sequence[Any]:
    """Returns the lowest and the highest value, or all the choices."""
    if isinstance(space, CategoricalDistribution):
        return space.choices
    assert isinstance(space, FloatDistribution | IntDistribution)
    return space.low, space.high
