"""What the product set out to reach, and whether it did in this run."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.output.table import markdown, number


@dataclass(frozen=True)
class Goal:
    """One of them.

    Attributes:
        what: is measured.
        target: what it should be at least, or at most.
        reached: what it was.
        unit: of both.
        is_least: whether more is better.
    """

    what: str
    target: float
    reached: float
    unit: str
    is_least: bool

    @property
    def is_met(self) -> bool:
        """Whether the target was reached."""
        return self.reached >= self.target if self.is_least else self.reached <= self.target


def at_least(what: str, target: float, reached: float, unit: str = "times") -> Goal:
    """The more, the better."""
    return Goal(what, target, reached, unit, is_least=True)


def at_most(what: str, target: float, reached: float, unit: str = "times") -> Goal:
    """The less, the better."""
    return Goal(what, target, reached, unit, is_least=False)


def goal_table(goals: Iterable[Goal]) -> str:
    """All of them as a table."""
    return markdown(["goal", "target", "reached", "met"], [_row(goal) for goal in goals])


def _row(goal: Goal) -> list[str]:
    sign = "≥" if goal.is_least else "≤"
    target = f"{sign} {goal.target:g} {goal.unit}".strip()
    reached = f"{number(goal.reached)} {goal.unit}".strip()
    return [goal.what, target, reached, "yes" if goal.is_met else "no"]
