"""Counts the signal `quality` of a rollout: rows that both versions scored and that have a label.

It looks into the prediction log once a minute, and reads each closed file once. So that its memory
is bounded, the oldest pairs without a label are forgotten: a label that comes later counts for
nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar

from arro3.core import DataType, RecordBatch

from baton_cli.dataset.location import Location
from baton_cli.errors import CommandFailed
from baton_cli.predictions.closed_files import (
    Warn,
    find_day,
    list_labels,
    list_predictions,
    read_file,
)
from baton_cli.predictions.pair_losses import Identity, ScoredPair, read_pairs
from baton_common.prediction_log import LABEL, RECEIVED_AT, REQUEST_ID, ROW
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.record import Record
from baton_rollout.signals import GRID, round_randomly

LOOK_S = 60.0
"""Seconds between two looks; files are closed every 15 minutes."""
MAX_PAIRS = 50_000
"""The number of pairs without a label that are kept: 30 MB."""

_LOTS = 2**64
_Label = tuple[int, str, int, str]
"""When it arrived, in microseconds since 1970, the row's identity, and its text."""
T = TypeVar("T")

FindScale = Callable[[Record], float | None]
"""Finds the scale of a regression's value for a rollout."""


@dataclass
class _State:
    """What is known about one rollout.

    Attributes:
        key: the rollout.
        looked_at: when the log was read; None: not yet.
        read: the files that were read.
        pairs: the pairs, and whether the canary answered.
        repeated: rows that the log has more than once.
        labels: when the last label of a row arrived, and its text.
        scale: that of a regression's value.
        counts: of the last look.
    """

    key: tuple[str, str] | None = None
    looked_at: datetime | None = None
    read: set[Location] = field(default_factory=set)
    pairs: dict[Identity, tuple[ScoredPair, bool]] = field(default_factory=dict)
    repeated: set[Identity] = field(default_factory=set)
    labels: dict[Identity, tuple[int, str]] = field(default_factory=dict)
    scale: float | None = None
    counts: PairCounts = field(default_factory=PairCounts)


class LabelledPairs:
    """The labelled pairs of one rollout at a time. Only one thread may use it."""

    def __init__(self, log: Location, model: str, find_scale: FindScale, warn: Warn) -> None:
        """Wires it, and reads nothing.

        Args:
            log: the prediction log.
            model: the registered model.
            find_scale: finds the scale of a regression's value.
            warn: takes one line about a damaged file, or an outage.
        """
        self._log, self._model, self._find_scale, self._warn = log, model, find_scale, warn
        self._state = _State()
        self._is_away = False

    def count(self, record: Record, now: datetime) -> PairCounts:
        """Counts the differences of the losses, canary - production.

        If the log cannot be read, it warns once and returns what it has.
        """
        if self._state.key != _get_key(record):
            self._state = _State(_get_key(record))
        if self._state.looked_at is None or (now - self._state.looked_at).total_seconds() >= LOOK_S:
            self._state.looked_at = now
            try:
                self._look(record)
                self._is_away = False
            except CommandFailed as error:
                if not self._is_away:
                    self._warn(f"labels do not count until the log can be read: {error.message}")
                self._is_away = True
        return self._state.counts

    def _look(self, record: Record) -> None:
        canary, production = record.plan.version, record.against
        for labels in self._read_new(record, list_labels(self._log, self._model), _read_labels):
            self._add_labels(labels)
        for version, other in ((canary, production), (production, canary)):
            files = list_predictions(self._log, self._model, version)
            for pairs in self._read_new(record, files, partial(read_pairs, other_version=other)):
                self._add_pairs(pairs, record, is_canary=version == canary)
        if self._state.scale is None and any(
            not pair.classes for pair, _ in self._state.pairs.values()
        ):
            self._state.scale = self._find_scale(record)
        self._state.counts = self._build_counts(record)

    def _read_new(
        self, record: Record, files: Iterable[Location], convert: Callable[[RecordBatch], T]
    ) -> Iterator[T]:
        """Reads the files of the rollout's days that are not read yet."""
        # A file that was begun before midnight may have rows of the next day.
        first = record.plan.started_at.date() - timedelta(days=1)
        for location in files:
            day = find_day(location)
            if location not in self._state.read and day is not None and day >= first:
                yield from read_file(location, convert, self._warn)
                self._state.read.add(location)

    def _add_labels(self, labels: Iterable[_Label]) -> None:
        for time_us, request_id, row, text in labels:
            if time_us >= self._state.labels.get((request_id, row), (0, ""))[0]:
                self._state.labels[request_id, row] = (time_us, text)

    def _add_pairs(self, pairs: Iterable[ScoredPair], record: Record, *, is_canary: bool) -> None:
        started_us = record.plan.started_at.timestamp() * 1e6
        for pair in pairs:
            if pair.time_us < started_us:
                continue
            if pair.identity in self._state.pairs or pair.identity in self._state.repeated:
                self._state.repeated.add(pair.identity)
                self._state.pairs.pop(pair.identity, None)
            else:
                self._state.pairs[pair.identity] = (pair, is_canary)
        self._forget()

    def _forget(self) -> None:
        """Forgets the oldest pairs without a label."""
        excess = len(self._state.pairs) - MAX_PAIRS
        if excess > 0:
            waiting = [each for each in self._state.pairs if each not in self._state.labels]
            for identity in waiting[:excess]:
                del self._state.pairs[identity]

    def _build_counts(self, record: Record) -> PairCounts:
        histogram = [0] * len(GRID)
        for identity, (_, text) in self._state.labels.items():
            pair, is_canary = self._state.pairs.get(identity, (None, False))
            difference = pair.compute_difference(text, self._state.scale) if pair else None
            if difference is not None:
                lot = _draw(record.plan.token, identity)
                histogram[round_randomly(difference if is_canary else -difference, lot)] += 1
        return PairCounts(quality=tuple(histogram))


def _read_labels(batch: RecordBatch) -> list[_Label]:
    times = batch.column(RECEIVED_AT).cast(DataType.timestamp("us", tz="UTC"))
    columns: Any = (times.cast(DataType.int64()), *map(batch.column, (REQUEST_ID, ROW, LABEL)))
    return [*zip(*(each.to_pylist() for each in columns), strict=True)]


def _get_key(record: Record) -> tuple[str, str]:
    """What counts are about: a rollout, and the version that it is compared with."""
    return record.plan.token, record.against


def _draw(token: str, identity: Identity) -> float:
    """Draws a number in [0, 1) that is the same each time for a row."""
    text = f"{token}\0{identity[0]}\0{identity[1]}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest()) / _LOTS
