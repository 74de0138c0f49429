"""The courses that the rollouts take."""

from collections.abc import Iterator
from enum import Enum
from itertools import cycle, islice


class Course(Enum):
    """How a rollout goes. The value is its name in the tables."""

    PROMOTED = "promoted by itself"
    HURRIED = "promoted by hand in the middle"
    ROLLED_BACK = "promoted, then rolled back"
    ABORTED = "aborted by hand in the middle"
    FAILING = "aborted: fails on rows"
    OTHER_UNITS = "aborted: a feature in other units"

    @property
    def is_promotion(self) -> bool:
        """Whether the version reaches production."""
        return self in {Course.PROMOTED, Course.HURRIED, Course.ROLLED_BACK}

    @property
    def is_by_hand(self) -> bool:
        """Whether a person ends it in the middle."""
        return self in {Course.HURRIED, Course.ABORTED}

    @property
    def is_harmful(self) -> bool:
        """Whether the version is harmful."""
        return self in {Course.FAILING, Course.OTHER_UNITS}


_MIX = (
    Course.PROMOTED,
    Course.OTHER_UNITS,
    Course.ROLLED_BACK,
    Course.PROMOTED,
    Course.ABORTED,
    Course.HURRIED,
    Course.FAILING,
    Course.ROLLED_BACK,
    Course.PROMOTED,
    Course.HURRIED,
)
"""Ten rollouts: seven are promoted, and two of these rolled back."""


def iterate_courses(count: int) -> Iterator[Course]:
    """Yields the courses of so many rollouts."""
    return islice(cycle(_MIX), count)
