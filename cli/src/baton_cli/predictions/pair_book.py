"""The labelled pairs of one rollout, counted in bounded memory. Pure: no I/O and no clock.

A pair and its label come in any order, and either may never come. So the oldest are forgotten:

- Beyond `MAX_PAIRS` pairs, first those that have a label. They stay counted, but a later label, or
  a repetition of the row, is not noticed any more. Then those that wait for a label.
- Beyond `MAX_LABELS` labels without a pair. In an import, most labels have none.
- Of a million rows that are no pairs, some of the oldest. A pair with the name of one of them
  counts for nothing, because a label may be about either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

from baton_cli.predictions.pair_losses import Identity, ScoredPair
from baton_cli.predictions.recent_rows import RecentRows
from baton_rollout.pair_counts import Histogram
from baton_rollout.signals import GRID, round_randomly

MAX_PAIRS = 50_000
"""They take 25 MB."""
MAX_NUMBERS = 1_000_000
"""Pairs of more than 20 classes are fewer: all pairs have so many numbers, which take 8 MB."""
MAX_LABELS = 30_000
"""They take 12 MB."""
PLACES = 2**20
"""For rows that are no pairs; they take 4 MB."""

_LOTS = 2**64

ReceivedLabel = tuple[int, Identity, str]
"""When a label arrived, in microseconds since 1970, its row, and its text."""


@dataclass(slots=True)
class _Row:
    """A row that both versions scored.

    Attributes:
        pair: their answers; None if the log has the row more than once.
        is_canary: whether the canary answered.
        label_us: when its last label arrived; None without one.
        index: where it is counted; None if it is not.
    """

    pair: ScoredPair | None
    is_canary: bool
    label_us: int | None = None
    index: int | None = None


class PairBook:
    """Counts the labelled pairs of one rollout."""

    def __init__(self, token: str, scale: float | None) -> None:
        """Counts nothing yet.

        Args:
            token: the rollout's.
            scale: that of a regression's value; None: values do not count.
        """
        self._token, self._scale = token, scale
        self._waiting: dict[Identity, _Row] = {}
        self._settled: dict[Identity, _Row] = {}
        self._labels: dict[Identity, tuple[int, str]] = {}
        self._others = RecentRows(PLACES)
        self._counts = [0] * len(GRID)
        self._max_pairs = MAX_PAIRS

    @property
    def histogram(self) -> Histogram:
        """The differences of the losses, canary - production."""
        return tuple(self._counts)

    def add_pairs(self, pairs: Iterable[ScoredPair], *, is_canary: bool) -> None:
        """Adds pairs. Of a row that the log has more than once none counts.

        Args:
            pairs: the pairs.
            is_canary: whether the canary answered.
        """
        for pair in pairs:
            identity = pair.identity
            if self._exclude(identity) or identity in self._others:
                continue
            self._max_pairs = min(self._max_pairs, MAX_NUMBERS // len(pair.numbers))
            self._waiting[identity] = row = _Row(pair, is_canary)
            if label := self._labels.pop(identity, None):
                self._count(identity, row, *label)
        self._forget()

    def add_others(self, identities: Iterable[Identity]) -> None:
        """Adds rows that are no pairs. A pair of the same name counts for nothing."""
        for identity in identities:
            if not self._exclude(identity):
                self._others.add(identity)

    def add_labels(self, labels: Iterable[ReceivedLabel]) -> None:
        """Adds labels. The last one of a row counts."""
        for time_us, identity, text in labels:
            if row := self._find(identity):
                self._count(identity, row, time_us, text)
            elif time_us >= self._labels.get(identity, (time_us,))[0]:
                self._labels[identity] = (time_us, text)
        self._forget()

    def _find(self, identity: Identity) -> _Row | None:
        return self._waiting.get(identity) or self._settled.get(identity)

    def _exclude(self, identity: Identity) -> bool:
        """Excludes a row that is repeated; returns whether it is known."""
        if row := self._find(identity):
            self._uncount(row)
            row.pair = None
            self._settle(identity)
        return row is not None

    def _count(self, identity: Identity, row: _Row, time_us: int, text: str) -> None:
        if row.pair is None or time_us < (row.label_us or time_us):
            return
        self._uncount(row)
        row.label_us = time_us
        self._settle(identity)
        difference = row.pair.compute_difference(text, self._scale)
        if difference is not None:
            lot = _draw(self._token, identity)
            row.index = round_randomly(difference if row.is_canary else -difference, lot)
            self._counts[row.index] += 1

    def _uncount(self, row: _Row) -> None:
        if row.index is not None:
            self._counts[row.index] -= 1
            row.index = None

    def _settle(self, identity: Identity) -> None:
        """Notes that a row waits for nothing."""
        if row := self._waiting.pop(identity, None):
            self._settled[identity] = row

    def _forget(self) -> None:
        excess = len(self._waiting) + len(self._settled) - self._max_pairs
        excess -= _drop_oldest(self._settled, excess)
        _drop_oldest(self._waiting, excess)
        _drop_oldest(self._labels, len(self._labels) - MAX_LABELS)


def _drop_oldest(entries: dict[Any, Any], number: int) -> int:
    """Drops so many of the entries that were added first; returns how many it dropped."""
    oldest = [*islice(entries, max(number, 0))]
    for each in oldest:
        del entries[each]
    return len(oldest)


def _draw(token: str, identity: Identity) -> float:
    """Draws a number in [0, 1) that is the same each time for a row."""
    text = f"{token}\0{identity[0]}\0{identity[1]}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest()) / _LOTS
