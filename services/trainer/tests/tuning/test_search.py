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
from baton_trainer.models import estimators
from baton_trainer.models.estimators import ESTIMATORS
from baton_trainer.request import Train
from baton_trainer.tuning import search
from baton_trainer.tuning.search import Trial
from tests.support.trainer.tables import QUICK, some_table


def tried(
    estimator: str, count: int, wishes: Mapping[str, str] | None = None, seed: int = 0
) -> list[Trial]:
    wishes = wishes or {}
    untuned = estimators.build_classifier(estimator, wishes, seed)
    return list(
        search.run_trials(some_table(), untuned, Train(params=wishes, search=count, seed=seed))
    )


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_same_seed_tries_and_finds_the_same(estimator: str) -> None:
    """To the last digit, whichever estimator is tuned; another seed tries others."""
    first, second = (tried(estimator, 3, QUICK[estimator]) for _ in range(2))
    assert [each.params for each in first] == [each.params for each in second]
    assert [each.metrics for each in first] == [each.metrics for each in second]
    assert len({str(each.params) for each in first}) == 3


def test_another_seed_tries_others() -> None:
    """After the first trial, which is always the untuned estimator."""
    one, other = tried("logistic", 2), tried("logistic", 2, seed=1)
    assert one[0].params == other[0].params
    assert one[1].params != other[1].params


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_untuned_estimator_is_tried_first(estimator: str) -> None:
    """So the best is never worse than not having searched, and the space holds our defaults."""
    untuned = estimators.build_classifier(estimator, {})
    for name, space in search.SPACES[estimator].items():
        assert space._contains(space.to_internal_repr(untuned.params[name])), name
    wishes = QUICK[estimator]
    (trial,) = tried(estimator, 1, wishes)
    assert trial.classifier.params == estimators.build_classifier(estimator, wishes).params


def test_what_the_user_decided_is_not_tuned() -> None:
    """Every trial has it as it was said."""
    found = tried("lightgbm", 2, {"n_estimators": "20", "num_leaves": "4"})
    assert {each.classifier.params["n_estimators"] for each in found} == {20}
    assert not {"n_estimators", "num_leaves"} & set(found[1].params)


def test_a_search_over_nothing_is_told() -> None:
    """Where the user decided all that would be tuned."""
    with pytest.raises(ParameterError, match="logistic is tuned by C only"):
        tried("logistic", 1, {"C": "1"})


def test_the_best_has_the_highest_roc_auc_and_is_the_first_of_its_like() -> None:
    """A later trial must be better to be taken."""
    untuned = estimators.build_classifier("logistic", {})
    found = [
        Trial(number, {}, {"roc_auc": auc}, untuned) for number, auc in enumerate([0.7, 0.8, 0.8])
    ]
    assert search.choose_best(found).number == 1


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_both_ends_of_every_range_are_valid(estimator: str) -> None:
    """A search of hours does not end at a value that the estimator refuses."""
    for end in (0, -1):
        values = {name: str(ends(space)[end]) for name, space in search.SPACES[estimator].items()}
        assert set(values) <= set(estimators.build_classifier(estimator, values).params)


def ends(space: BaseDistribution) -> Sequence[Any]:
    """The lowest and the highest value, or all the choices."""
    if isinstance(space, CategoricalDistribution):
        return space.choices
    assert isinstance(space, FloatDistribution | IntDistribution)
    return space.low, space.high
