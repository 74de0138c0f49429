"""What the product set out to reach, and whether it did in this run."""

from dataclasses import dataclass

from bench.table import number

GOALS_HEAD = ["goal", "target", "reached", "met"]


@dataclass(frozen=True)
class Goal:
    """One of them.

    Attributes:
        what: is measured.
        target: with its unit.
        reached: the same.
        is_met: whether the one is as good as the other.
    """

    what: str
    target: str
    reached: str
    is_met: bool

    def row(self) -> list[str]:
        """A line of the table."""
        return [self.what, self.target, self.reached, "yes" if self.is_met else "no"]


def at_least(what: str, target: float, reached: float, unit: str = "times") -> Goal:
    """The more, the better."""
    return Goal(what, f"≥ {target:g} {unit}", f"{number(reached)} {unit}", reached >= target)


def at_most(what: str, target: float, reached: float, unit: str = "times") -> Goal:
    """The less, the better."""
    return Goal(what, f"≤ {target:g} {unit}", f"{number(reached)} {unit}", reached <= target)
