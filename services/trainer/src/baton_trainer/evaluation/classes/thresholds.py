"""Finds the probability from which acting pays, given the costs of both kinds of error.

The served label is the more probable class, which is right if both errors cost the same. Otherwise
the caller compares the probability with the cheapest threshold: Elkan 2001, "The foundations of
cost-sensitive learning".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Floats, Outcome

STEPS = 1_000
"""Thresholds are multiples of 1/1000: more digits would be noise."""
SHOWN_STEP = 50
"""The model card shows every 50th of them."""


@dataclass(frozen=True)
class Costs:
    """The cost of an error, in any unit.

    Attributes:
        false_positive: acting on a row that is not of the positive class.
        false_negative: not acting on a row that is.
    """

    false_positive: float = 1.0
    false_negative: float = 1.0

    @property
    def balance(self) -> float:
        """The cheapest threshold if the probabilities were exact."""
        return self.false_positive / (self.false_positive + self.false_negative)


@dataclass(frozen=True)
class Threshold:
    """The result of acting on every row at or above a probability.

    The fields are the columns of the run's `tables/thresholds.csv`.

    Attributes:
        at: the probability.
        acted_on: the share of rows at or above it.
        precision: the share of those that are of the positive class; NaN if there are none.
        recall: the share of the positive class that is acted on.
        false_positives: rows.
        false_negatives: rows.
        cost: the cost of all errors, per row.
    """

    at: float
    acted_on: float
    precision: float
    recall: float
    false_positives: int
    false_negatives: int
    cost: float


@dataclass(frozen=True)
class Thresholds:
    """All thresholds and the cheapest.

    Attributes:
        costs: the costs of the errors.
        steps: all thresholds on the cross-validated rows, ascending.
        cheapest: the cheapest of `steps`.
        cheapest_held_out: the same threshold on the held-out rows, which did not choose it.
        even_held_out: the threshold 0.5 of the served label, on the held-out rows.
    """

    costs: Costs
    steps: tuple[Threshold, ...]
    cheapest: Threshold
    cheapest_held_out: Threshold
    even_held_out: Threshold

    @property
    def table(self) -> tuple[Threshold, ...]:
        """Some thresholds and the cheapest."""
        shown = {*self.steps[SHOWN_STEP - 1 :: SHOWN_STEP], self.cheapest}
        return tuple(sorted(shown, key=lambda each: each.at))


def choose_thresholds(
    cross_validated: Outcome, held_out: Outcome, costs: Costs
) -> Thresholds | None:
    """Computes the thresholds; None unless both outcomes have two classes."""
    if isinstance(cross_validated, ClassOutcome) and isinstance(held_out, ClassOutcome):
        is_binary = held_out.is_binary
        return compute_thresholds(cross_validated, held_out, costs) if is_binary else None
    return None


def compute_thresholds(
    cross_validated: ClassOutcome, held_out: ClassOutcome, costs: Costs
) -> Thresholds:
    """Chooses the threshold on one outcome, evaluates it on the other; both have two classes."""
    steps = np.arange(1, STEPS) / STEPS
    computed = _compute_at(steps, cross_validated, costs)
    cheapest = min(computed, key=lambda each: (each.cost, abs(each.at - costs.balance)))
    chosen, even = _compute_at(np.array([cheapest.at, 0.5]), held_out, costs)
    return Thresholds(costs, tuple(computed), cheapest, chosen, even)


def _compute_at(steps: Floats, outcome: ClassOutcome, costs: Costs) -> list[Threshold]:
    score, is_positive = outcome.scores[:, 0], outcome.indicator[:, 0].astype(bool)
    false_positives = _count_at_or_above(score[~is_positive], steps)
    true_positives = _count_at_or_above(score[is_positive], steps)
    false_negatives = is_positive.sum() - true_positives
    acted_on = true_positives + false_positives
    cost = costs.false_positive * false_positives + costs.false_negative * false_negatives
    with np.errstate(invalid="ignore"):
        precision = true_positives / acted_on
    return [
        Threshold(
            at=float(steps[each]),
            acted_on=float(acted_on[each] / len(score)),
            precision=float(precision[each]),
            recall=float(true_positives[each] / is_positive.sum()),
            false_positives=int(false_positives[each]),
            false_negatives=int(false_negatives[each]),
            cost=float(cost[each] / len(score)),
        )
        for each in range(len(steps))
    ]


def _count_at_or_above(scores: Floats, steps: Floats) -> NDArray[np.intp]:
    """Counts the scores at or above each step."""
    return np.asarray(len(scores) - np.searchsorted(np.sort(scores), steps))
