import numpy as np
import pytest

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.classes.thresholds import Costs, compute_thresholds
from tests.support.trainer.tables import some_outcome

FIVE = Costs(false_positive=1, false_negative=5)


def two(scores: list[float], truth: list[int], positive: int = 1) -> ClassOutcome:
    score = np.array(scores)
    probabilities = np.stack([1 - score, score], axis=1)
    return ClassOutcome(("no", "yes"), np.array(truth), probabilities, positive)


def test_a_threshold_counts_its_rows() -> None:
    """A row at the threshold is acted on."""
    outcome = two([0.1, 0.3, 0.3, 0.6, 0.9], [0, 1, 0, 0, 1])
    result = {each.at: each for each in compute_thresholds(outcome, outcome, FIVE).steps}
    at = result[0.3]
    assert (at.false_positives, at.false_negatives) == (2, 0)
    assert at.acted_on == pytest.approx(4 / 5)
    assert (at.precision, at.recall) == (0.5, 1.0)
    assert at.cost == pytest.approx(2 / 5)
    above = result[0.301]
    assert (above.false_positives, above.false_negatives) == (1, 1)
    assert above.cost == pytest.approx(6 / 5)
    no_row = result[0.95]
    assert (no_row.acted_on, no_row.recall) == (0, 0)
    assert np.isnan(no_row.precision)


def test_the_first_class_may_be_the_positive_one() -> None:
    """Then its probability is compared."""
    outcome = two([0.1, 0.8], [0, 1], positive=0)
    result = {each.at: each for each in compute_thresholds(outcome, outcome, FIVE).steps}
    assert (result[0.5].false_positives, result[0.5].false_negatives) == (0, 0)
    assert result[0.95].false_negatives == 1


@pytest.mark.parametrize("costs", [Costs(), FIVE, Costs(20, 1)])
def test_the_cheapest_threshold_is_near_the_theoretical_one(costs: Costs) -> None:
    """For exact probabilities it is the cost of a false positive over the sum of both costs."""
    rng = np.random.default_rng(0)
    score = rng.random(200_000)
    outcome = two(score.tolist(), (rng.random(200_000) < score).astype(int).tolist())
    result = compute_thresholds(outcome, outcome, costs)
    assert result.cheapest.at == pytest.approx(costs.balance, abs=0.03)
    assert result.cheapest.cost == min(each.cost for each in result.steps)


def test_held_out_rows_evaluate_the_threshold_but_do_not_choose_it() -> None:
    """The cheapest thresholds of the two samples differ."""
    cross_validated, held_out = two([0.2, 0.4], [0, 1]), two([0.6, 0.8], [0, 1])
    result = compute_thresholds(cross_validated, held_out, Costs())
    assert 0.2 < result.cheapest.at <= 0.4
    assert result.cheapest_held_out.at == result.cheapest.at
    assert result.cheapest_held_out.false_positives == 1
    assert result.even_held_out.at == 0.5


def test_of_equally_cheap_thresholds_the_nearest_to_theory_is_chosen() -> None:
    """Between two rows, all thresholds cost the same."""
    result = compute_thresholds(two([0.1, 0.9], [0, 1]), two([0.1, 0.9], [0, 1]), Costs(3, 1))
    assert result.cheapest.at == 0.75


def test_the_table_is_short_and_includes_the_cheapest() -> None:
    """It has the multiples of 1/20, in order."""
    outcome = some_outcome(2)
    result = compute_thresholds(outcome, outcome, FIVE)
    ats = [each.at for each in result.table]
    assert ats == sorted(ats)
    assert result.cheapest in result.table
    assert {round(each / 20, 2) for each in range(1, 20)} <= set(ats)
    assert len(ats) <= 20
