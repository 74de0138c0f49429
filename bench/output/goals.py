"""Performance goals, and whether a run met them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bench.output.table import format_number, format_table


@dataclass(frozen=True)
class Goal:
    """One goal.

    Attributes:
        name: the measured quantity.
        target: its minimum or maximum.
        reached: its value in this run.
        unit: the unit of both numbers.
        is_minimum: whether the target is a minimum.
    """

    name: str
    target: float
    reached: float
    unit: str
    is_minimum: bool

    @property
    def is_met(self) -> bool:
        """Whether the target was reached."""
        return self.reached >= self.target if self.is_minimum else self.reached <= self.target


def expect_at_least(name: str, target: float, reached: float, unit: str = "times") -> Goal:
    """Creates a goal with a minimum."""
    return Goal(name, target, reached, unit, is_minimum=True)


def expect_at_most(name: str, target: float, reached: float, unit: str = "times") -> Goal:
    """Creates a goal with a maximum."""
    return Goal(name, target, reached, unit, is_minimum=False)


def or_nan(value: float | None) -> float:
    """Turns a missing figure into NaN, which misses every goal."""
    return math.nan if value is None else value


def format_goals(goals: Iterable[Goal]) -> str:
    """Formats goals as a table."""
    return format_table(["goal", "target", "reached", "met"], [_format_row(goal) for goal in goals])


def _format_row(goal: Goal) -> list[str]:
    sign = "≥" if goal.is_minimum else "≤"
    target = f"{sign} {goal.target:g} {goal.unit}".strip()
    reached = f"{format_number(goal.reached)} {goal.unit}".strip()
    return [goal.name, target, reached, "yes" if goal.is_met else "no"]
