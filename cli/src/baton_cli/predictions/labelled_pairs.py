"""Counts the signal `quality` of a rollout: rows that both versions scored and that have a label.

It polls the prediction log once a minute, and reads each closed file once. Whatever is in a
file, a warning is the worst that comes of it: the other signals decide without it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NamedTuple

from arro3.core import DataType, RecordBatch

from baton_cli.errors import CommandFailed
from baton_cli.predictions.closed_files import (
    Warn,
    find_day,
    list_labels,
    list_predictions,
    read_file,
)
from baton_cli.predictions.pair_book import PairBook, ReceivedLabel
from baton_cli.predictions.pair_losses import read_rows
from baton_cli.storage_location import StorageLocation
from baton_common.prediction_log import LABEL, RECEIVED_AT, REQUEST_ID, ROW
from baton_common.texts import to_one_line
from baton_registry.errors import RegistryError
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.record import Record

POLL_INTERVAL_S = 60.0
"""Seconds between two polls of the log; files are closed every 15 minutes."""
MAX_FILES = 30_000
"""Of the days of a rollout, so many files are read, the newest ones: 10 MB of names."""
MAX_FAILURES = 3
"""Files that cannot be opened and end a poll: then the log is likely to be away."""

FindScale = Callable[[Record], float | None]
"""Finds the scale of a regression's value for a rollout."""


class _File(NamedTuple):
    """A file of the log.

    Attributes:
        day: of its rows.
        has_labels: whether it has labels, which are read after the pairs of their day.
        location: where it is.
        add: takes its rows, batch by batch.
    """

    day: date
    has_labels: bool
    location: StorageLocation
    add: Callable[[RecordBatch], None]

    @property
    def order(self) -> tuple[date, bool, str]:
        """The sort key."""
        return self.day, self.has_labels, self.location.text


@dataclass
class _State:
    """What is known about one rollout.

    Attributes:
        key: the rollout.
        polled_at: when the log was read; None: not yet.
        polls: how often it was read.
        read: the files that were read, of those that are still there.
        failed_in: the poll in which a file could not be opened, the last one.
        book: counts the pairs; None before the first poll.
    """

    key: tuple[str, str] | None = None
    polled_at: datetime | None = None
    polls: int = 0
    read: set[StorageLocation] = field(default_factory=set)
    failed_in: dict[StorageLocation, int] = field(default_factory=dict)
    book: PairBook | None = None


class LabelledPairs:
    """The labelled pairs of one rollout at a time. Only one thread may use it."""

    def __init__(self, log: StorageLocation, model: str, find_scale: FindScale, warn: Warn) -> None:
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

        If the log or the registry cannot be read, it warns once and returns what it has.
        """
        key = (record.plan.token, record.against)
        if self._state.key != key:
            self._state = _State(key)
        state = self._state
        if state.polled_at is None or (now - state.polled_at).total_seconds() >= POLL_INTERVAL_S:
            state.polled_at = now
            try:
                self._poll(record)
                self._is_away = False
            except (CommandFailed, RegistryError, OSError) as error:
                if not self._is_away:
                    self._warn(f"new labels do not count for now: {to_one_line(error)}")
                self._is_away = True
        return PairCounts(quality=state.book.histogram) if state.book else PairCounts()

    def _poll(self, record: Record) -> None:
        """Reads the new files.

        Raises:
            CommandFailed: the log cannot be listed, or a file cannot be opened. It is read by a
                later poll.
            RegistryError: the registry did not answer.
            OSError: the scale needs a file in a temporary folder, which cannot be written.
        """
        if self._state.book is None:
            self._state.book = PairBook(record.plan.token, self._find_scale(record))
        self._state.polls += 1
        failures = []
        for file in self._list_new(record, self._state.book):
            try:
                for _ in read_file(file.location, file.add, self._warn):
                    self._state.read.add(file.location)
                self._state.read.add(file.location)
            except CommandFailed as error:
                failures.append(error)
                self._state.failed_in[file.location] = self._state.polls
                if len(failures) == MAX_FAILURES:
                    break
        if failures:
            raise failures[0]

    def _list_new(self, record: Record, book: PairBook) -> list[_File]:
        """Lists the files of the rollout's days that are not read yet, day by day.

        Those that failed are last, each in its turn, so that they cannot keep others from a poll.
        """
        canary, production = record.plan.version, record.against
        sources = [(True, list_labels(self._log, self._model), partial(_add_labels, book))]
        for version, other in ((canary, production), (production, canary)):
            locations = list_predictions(self._log, self._model, version)
            sources.append((False, locations, partial(_add_pairs, book, record, other)))
        first = record.plan.started_at.astimezone(UTC).date()
        files = [
            _File(day, has_labels, location, add)
            for has_labels, locations, add in sources
            for location in locations
            if (day := find_day(location)) is not None and day >= first
        ]
        newest = sorted(files, key=lambda file: file.order)[-MAX_FILES:]
        state = self._state
        state.read &= {file.location for file in newest}
        unread = [file for file in newest if file.location not in state.read]
        state.failed_in = {file.location: state.failed_in.get(file.location, 0) for file in unread}
        return sorted(unread, key=lambda file: state.failed_in[file.location])


def _add_pairs(book: PairBook, record: Record, other: str, batch: RecordBatch) -> None:
    """Adds the pairs of the rollout; `other` is the version that did not answer."""
    started_us = record.plan.started_at.timestamp() * 1e6
    rows = read_rows(batch, other, started_us)
    book.add_pairs(rows.pairs, is_canary=other == record.against)
    book.add_others(rows.others)


def _add_labels(book: PairBook, batch: RecordBatch) -> None:
    times = batch.column(RECEIVED_AT).cast(DataType.timestamp("us", tz="UTC"))
    columns: Any = (
        times.cast(DataType.int64()),
        batch.column(REQUEST_ID).cast(DataType.string()),
        batch.column(ROW).cast(DataType.int64()),
        batch.column(LABEL).cast(DataType.string()),
    )
    rows = zip(*(each.to_pylist() for each in columns), strict=True)
    labels: list[ReceivedLabel] = [
        (time_us, (request_id, row), text)
        for time_us, request_id, row, text in rows
        if None not in (time_us, request_id, row, text)
    ]
    book.add_labels(labels)
