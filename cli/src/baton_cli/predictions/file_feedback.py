"""Stores or sends the labels of a file: first it reads, checks and matches all of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.errors import CommandFailed
from baton_cli.predictions.label_rows import LabelColumns, LabelRow, read_label_rows
from baton_cli.predictions.log_scan import scan_predictions
from baton_cli.predictions.matching import Matcher
from baton_cli.predictions.sending import LabelSender
from baton_cli.storage_location import StorageLocation
from baton_engine.labels.label import Label
from baton_engine.labels.label_file import LabelWriter


@dataclass(frozen=True)
class KeySearch:
    """Where and how to find the predictions of routing keys.

    Attributes:
        log: the prediction log.
        model: the registered model.
        secret: the secret with which inference hashes the keys.
        window_us: how long before its label a prediction may be, in microseconds.
    """

    log: StorageLocation
    model: str
    secret: bytes
    window_us: int


@dataclass
class FileCounts:
    """What became of the rows of a file.

    Attributes:
        rows: all rows.
        unlabelled: without a label.
        unmatched: labels without a prediction within the window.
        ambiguous: labels of keys with several rows in one request.
        repeated: labels that a later row of the file replaces.
        stored: labels that were stored.
    """

    rows: int
    unlabelled: int
    unmatched: int = 0
    ambiguous: int = 0
    repeated: int = 0
    stored: int = 0

    def __str__(self) -> str:
        """Describes the counts in one line."""
        parts = {
            "without a label": self.unlabelled,
            "without a prediction": self.unmatched,
            "ambiguous": self.ambiguous,
            "replaced by a later row": self.repeated,
        }
        others = "".join(f", {count:,} {name}" for name, count in parts.items() if count)
        return f"{_count(self.rows, 'row')}: {_count(self.stored, 'label')}{others}"


class FileFeedback:
    """The labels of one file. Nothing is stored or sent before all rows are read and checked."""

    def __init__(
        self,
        path: Path,
        columns: LabelColumns,
        csv_format: CsvFormat,
        search: KeySearch | None,
        warn: Callable[[str], object],
    ) -> None:
        """Reads, checks and matches the rows.

        Args:
            path: a CSV or Parquet file.
            columns: the names of its columns.
            csv_format: how to read a CSV file.
            search: finds the predictions of routing keys; None if the file has request ids.
            warn: takes one line about each damaged file of the log.

        Raises:
            CommandFailed: the file or a row is not valid, or the log cannot be read.
        """
        self._path = path
        self._now_us = int(time.time() * 1e6)
        read = read_label_rows(path, columns, csv_format, self._now_us)
        self.counts = FileCounts(len(read.labelled) + read.unlabelled, read.unlabelled)
        rows = read.labelled if search is None else self._match(read.labelled, search, warn)
        self.rows = drop_repeated(rows)
        self.counts.repeated = len(rows) - len(self.rows)
        self.counts.stored = len(self.rows)

    def _match(
        self, rows: Sequence[LabelRow], search: KeySearch, warn: Callable[[str], object]
    ) -> Sequence[LabelRow]:
        if not rows:
            return rows
        matcher = Matcher(rows, search.secret, window_us=search.window_us, now_us=self._now_us)
        for batch in scan_predictions(search.log, search.model, matcher.span_us, warn):
            matcher.see(batch)
        matches = matcher.finish()
        self.counts.unmatched, self.counts.ambiguous = matches.unmatched, matches.ambiguous
        return matches.rows

    def write(self, folder: Path, model: str) -> None:
        """Writes one closed file into the log. Raises `CommandFailed`; then there is none.

        No file is too large: only inference knows the bound, and refuses later labels of its own.
        """
        labels = [
            Label(self._now_us, row.identity, row.row, row.text, row.at_us, "file")
            for row in self.rows
        ]
        try:
            if labels:
                LabelWriter(folder, model).write(labels)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise CommandFailed(f"cannot write {folder}: {reason}; nothing was stored") from error

    def send(self, url: str, api_key: str | None) -> None:
        """Sends the labels to inference. Raises `CommandFailed`, which says what is stored."""
        with LabelSender(url, api_key) as sender:
            try:
                sender.send(self.rows)
            except CommandFailed as error:
                raise CommandFailed(f"{self._path}: {error.message}") from error


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def drop_repeated(rows: Sequence[LabelRow]) -> list[LabelRow]:
    """Keeps the last label of each row of a request, in the order of the file."""
    last = {(row.identity, row.row): row for row in rows}
    return [row for row in rows if last[row.identity, row.row] is row]
