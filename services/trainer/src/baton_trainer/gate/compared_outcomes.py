"""Compares two outcomes of the same rows: chooses the difference of their task."""

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.gate.auc_difference import compare_auc
from baton_trainer.gate.difference import Difference
from baton_trainer.gate.rmse_ratio import compare_rmse

MIN_SLICE_ROWS = 20
"""A slice counts if it has this many rows: for classes, of a class and of the others together."""


def compare_outcomes(first: Outcome, second: Outcome, min_rows: int = 1) -> Difference | None:
    """Compares two models of one task; None if there are too few rows.

    Args:
        first: the first model's outcome.
        second: the second model's outcome for the same rows.
        min_rows: as `compare_auc` and `compare_rmse` count them.
    """
    match first, second:
        case ClassOutcome(), ClassOutcome():
            return compare_auc(first, second, min_rows)
        case ValueOutcome(), ValueOutcome():
            return compare_rmse(first, second, min_rows)
    raise TypeError("the outcomes are of different tasks")
