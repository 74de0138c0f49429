"""What a process counts about pairs of one production version and one canary.

Counts of several processes, and of several lives of a process, add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from baton_rollout.json_values import (
    require_count,
    require_keys,
    require_object,
    require_outputs,
)
from baton_rollout.signals import GRID

Histogram = tuple[int, ...]
"""How often each value of `GRID` occurred."""

EMPTY: Histogram = (0,) * len(GRID)

COUNTS = ("pairs", "failures", "compared", "other_labels", "timed", "slower")
"""The fields of `PairCounts` that are numbers. A record lists their values in this order."""


@dataclass(frozen=True)
class PairCounts:
    """Counts of pairs; a pair is one row that both versions scored.

    Attributes:
        pairs: the pairs.
        failures: of them: the canary failed (error, NaN, refusal, deadline), production did not.
        compared: pairs for which both versions gave outputs.
        other_labels: of them: another label; 0 for tasks without labels.
        timed: batches that both versions scored for their processor time; each has a pair or more.
        slower: of them: the canary took more than twice as long, and over 1 ms longer.
        score: for each class or output, at most ten: histogram of canary - production.
        quality: histogram of the loss of the canary - that of production, of labelled rows.
    """

    pairs: int = 0
    failures: int = 0
    compared: int = 0
    other_labels: int = 0
    timed: int = 0
    slower: int = 0
    score: Mapping[str, Histogram] = field(default_factory=dict)
    quality: Histogram = EMPTY

    def __add__(self, other: "PairCounts") -> "PairCounts":
        """Adds counts of the same two versions."""
        names = {**self.score, **other.score}  # in the order of the classes
        return PairCounts(
            **{name: getattr(self, name) + getattr(other, name) for name in COUNTS},
            score={
                name: _add(self.score.get(name, EMPTY), other.score.get(name, EMPTY))
                for name in names
            },
            quality=_add(self.quality, other.quality),
        )

    def to_json(self) -> dict[str, Any]:
        """Converts the counts to a JSON document."""
        return {
            **{name: getattr(self, name) for name in COUNTS},
            "score": {name: [*histogram] for name, histogram in self.score.items()},
            "quality": [*self.quality],
        }

    @classmethod
    def from_json(cls, document: object) -> "PairCounts":
        """Reads counts that another process wrote; it may be broken, or lie.

        Raises:
            ValueError: the document is not such counts, or they contradict each other.
        """
        fields = require_object(document, "counts")
        require_keys(fields, {*COUNTS, "score", "quality"}, "counts")
        counts = cls(
            **{name: require_count(fields[name], name) for name in COUNTS},
            score={
                name: _read_histogram(histogram, "score")
                for name, histogram in require_outputs(fields["score"], "score").items()
            },
            quality=_read_histogram(fields["quality"], "quality"),
        )
        counts._require_consistency()
        return counts

    def _require_consistency(self) -> None:
        """Raises ValueError if a part is larger than its whole."""
        parts = (
            (self.failures + self.compared, self.pairs),
            (self.other_labels, self.compared),
            (self.timed, self.pairs),
            (self.slower, self.timed),
            *((sum(histogram), self.compared) for histogram in self.score.values()),
        )
        if any(part > whole for part, whole in parts):
            raise ValueError("counts: a part is larger than its whole")


def _add(one: Histogram, other: Histogram) -> Histogram:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _read_histogram(value: object, what: str) -> Histogram:
    if not isinstance(value, list) or len(value) != len(GRID):
        raise ValueError(f"{what} is not a list of {len(GRID)} counts")
    return tuple(require_count(each, what) for each in value)
