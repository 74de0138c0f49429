"""Chooses the parts of a model card by the task."""

from baton_trainer.cards.classes.card import ClassParts
from baton_trainer.cards.task_parts import TaskParts
from baton_trainer.cards.values.card import ValueParts
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.values.outcome import ValueOutcome


def choose_parts(report: Report) -> TaskParts:
    """Returns the parts of a report's task."""
    match report.held_out:
        case ClassOutcome() as outcome:
            return ClassParts(report, outcome)
        case ValueOutcome() as outcome:
            return ValueParts(report, outcome)
    raise TypeError("no card for this task")
