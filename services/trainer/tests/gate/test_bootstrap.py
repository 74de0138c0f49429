from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from baton_trainer.evaluation import outcome as evaluation
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.gate import bootstrap
from baton_trainer.gate.bootstrap import difference
from tests.support.trainer.tables import noisy, some_outcome


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_the_figures_are_those_of_scikit_learn(classes: int) -> None:
    """Ties included; for more than two classes the mean, each against the rest."""
    one = some_outcome(classes)
    two = replace(one, probabilities=noisy(one, 0.5).probabilities.round(1))
    found = difference(one, two)
    assert found is not None
    assert found.first == pytest.approx(evaluation.roc_auc(one))
    assert found.second == pytest.approx(evaluation.roc_auc(two))
    assert bootstrap.aucs(one, two) == (found.first, found.second)


def test_a_resample_is_the_roc_auc_of_the_rows_that_were_drawn() -> None:
    """As if each row stood there as often as it was drawn; a class keeps its number of rows."""
    one = some_outcome(2)
    two = replace(one, probabilities=noisy(one, 1.0).probabilities.round(1))
    counts = next(bootstrap._draws(one.truth))
    found = difference(one, two)
    assert found is not None
    for place, count in enumerate(counts[:5]):
        assert np.bincount(one.truth, count).tolist() == np.bincount(one.truth).tolist()
        expected = [
            roc_auc_score(one.truth, each.probabilities[:, 1], sample_weight=count)
            for each in (one, two)
        ]
        assert found.resampled[place] == pytest.approx(expected[0] - expected[1])


def test_a_model_differs_from_itself_by_nothing() -> None:
    """In every resample, so that training again on the same data passes any margin."""
    one = some_outcome(3)
    found = difference(one, one)
    assert found is not None
    assert not found.resampled.any()
    assert (found.estimate, found.interval) == (0, (0, 0))


def test_pairs_see_what_single_intervals_do_not() -> None:
    """The interval of the difference is far narrower than that of either figure."""
    one = some_outcome(2, 1_000)
    found = difference(one, noisy(one, 0.1))
    other = difference(one, some_outcome_again())
    assert found is not None
    assert other is not None
    assert np.ptp(found.interval) < np.ptp(other.interval) / 4


def some_outcome_again() -> Outcome:
    """An equally good classifier whose errors are its own."""
    one = some_outcome(2, 1_000)
    rng = np.random.default_rng(99)
    odds = np.exp(rng.normal(size=(1_000, 2)) + np.eye(2)[one.truth])
    return replace(one, probabilities=odds / odds.sum(axis=1, keepdims=True))


def test_the_bound_falls_as_more_confidence_is_asked() -> None:
    """The median with one half; the interval's ends are bounds too."""
    one = some_outcome(2)
    found = difference(one, noisy(one, 1.0))
    assert found is not None
    low, high = found.interval
    assert low == found.bound(0.975) < found.bound(0.95) < found.bound(0.5) < high
    assert found.bound(0.5) == pytest.approx(found.estimate, abs=0.005)


def test_of_many_rows_a_part_says_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The estimate is that of all rows, and the interval is as wide as theirs."""
    one = some_outcome(2, 4_000)
    two = noisy(one, 1.0)
    whole = difference(one, two)
    monkeypatch.setattr(bootstrap, "MAX_ROWS", 1_000)
    part = difference(one, two)
    assert whole is not None
    assert part is not None
    assert part.estimate == whole.estimate
    assert np.ptp(part.interval) == pytest.approx(np.ptp(whole.interval), rel=0.25)
    assert part.interval[0] < whole.estimate < part.interval[1]


def test_a_class_of_too_few_rows_does_not_count() -> None:
    """Nor does one that leaves too few for the others; where none counts, there is no figure."""
    few = Outcome(("a", "b"), np.array([0] * 20 + [1] * 3), np.full((23, 2), 0.5))
    assert difference(few, few, least=3) is not None
    assert difference(few, few, least=4) is None
    assert bootstrap.aucs(few, few, least=4) is None
    assert difference(few.at(few.truth == 0), few.at(few.truth == 0)) is None
