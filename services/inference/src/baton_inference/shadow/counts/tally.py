"""Counts the pairs of two versions."""

from baton_inference.shadow.counts.comparison import Counts, Differences
from baton_rollout.pair_counts import PairCounts


class PairTally:
    """Counts pairs in place; `PairCounts` is a snapshot of it. Not thread-safe."""

    def __init__(self) -> None:
        self._pairs = self._failures = 0
        self._compared = self._other_labels = 0
        self._timed = self._slower = 0
        self._scores: dict[str, Counts] = {}

    @property
    def pairs(self) -> int:
        """The number of pairs."""
        return self._pairs

    def add_pairs(self, pairs: int, failures: int) -> None:
        """Counts rows that both versions scored, and those of them on which only the canary failed.

        A version that answers NaN fails.
        """
        self._pairs += pairs
        self._failures += failures

    def add_differences(self, differences: Differences) -> None:
        """Counts rows that both versions answered."""
        self._compared += differences.rows
        self._other_labels += differences.other_labels
        for name, counts in differences.scores.items():
            before = self._scores.get(name)
            self._scores[name] = counts if before is None else before + counts

    def add_timed(self, *, is_slower: bool) -> None:
        """Counts a batch that both versions scored for their processor time."""
        self._timed += 1
        self._slower += is_slower

    def build_counts(self) -> PairCounts:
        """Returns a snapshot."""
        return PairCounts(
            pairs=self._pairs,
            failures=self._failures,
            compared=self._compared,
            other_labels=self._other_labels,
            timed=self._timed,
            slower=self._slower,
            score={name: tuple(counts.tolist()) for name, counts in self._scores.items()},
        )
