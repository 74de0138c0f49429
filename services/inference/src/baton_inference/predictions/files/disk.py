"""Writes encoded files to the folder; keeps them in memory while the disk fails."""

from collections import deque
from datetime import UTC, datetime

import structlog

from baton_common.prediction_log import SUFFIX
from baton_inference.lifecycle.clock import Clock
from baton_inference.predictions.counts import LogCounts
from baton_inference.predictions.files.folder import LogFolder
from baton_inference.predictions.files.folder_report import FolderReport, describe_error
from baton_inference.predictions.files.open_files import EncodedFile

MAX_UNWRITTEN_BYTES = 32 * 2**20
"""Files that wait for the disk. The oldest are dropped and counted."""
RETRY_S = 10.0
TIDY_S = 60.0
LINE_S = 60.0
"""At most one log line about a failing disk in so many seconds."""

log = structlog.get_logger("baton.predictions")


class LogDisk:
    """The disk, which may be full, read-only or slow. Used by one thread."""

    def __init__(self, folder: LogFolder, counts: LogCounts, clock: Clock, process: str) -> None:
        """Touches nothing yet.

        Args:
            folder: the folder of the log.
            counts: counts rows and files.
            clock: the clock.
            process: a name that no other process has: the first part of the names of files.
        """
        self._folder = folder
        self._counts = counts
        self._clock = clock
        self._process = process
        self._number = 0
        self._unwritten: deque[EncodedFile] = deque()
        self._unwritten_bytes = 0
        self._retry_s = self._tidy_s = self._line_s = clock.steady_s()
        self._is_failing = False
        self._report = FolderReport(
            log, "folders of the prediction log cannot be tidied; others still are"
        )

    def add(self, file: EncodedFile) -> None:
        """Takes a file. `flush` writes it."""
        self._unwritten.append(file)
        self._unwritten_bytes += len(file.content)
        while self._unwritten_bytes > MAX_UNWRITTEN_BYTES:
            self._counts.undone += self._remove_first().rows

    def flush(self, *, is_last: bool = False) -> None:
        """Writes the files that wait, and keeps the folder within its bounds.

        After a failure it waits for `RETRY_S`, unless this is the last attempt.
        """
        now_s = self._clock.steady_s()
        if self._is_failing and now_s < self._retry_s and not is_last:
            return
        has_waiting = bool(self._unwritten)
        self._write_all(now_s)
        if has_waiting or now_s >= self._tidy_s:
            self._tidy_s = now_s + TIDY_S
            self._tidy()
        if is_last:
            self._give_up()

    def _write_all(self, now_s: float) -> None:
        """Writes each file that it can: one folder that fails does not stop the others."""
        failure: OSError | None = None
        for _ in range(len(self._unwritten)):
            file = self._unwritten[0]
            try:
                self._write(file)
            except OSError as error:
                failure = failure or error
                self._unwritten.rotate(-1)
            else:
                self._counts.written += self._remove_first().rows
        if failure is None:
            self._note_success()
        else:
            self._note_failure(failure, now_s)

    def _write(self, file: EncodedFile) -> None:
        self._number += 1
        name = f"{self._process}-{self._number}{SUFFIX}"
        self._folder.write(file.folder, name, file.content)

    def _remove_first(self) -> EncodedFile:
        file = self._unwritten.popleft()
        self._unwritten_bytes -= len(file.content)
        return file

    def _tidy(self) -> None:
        today = datetime.fromtimestamp(self._clock.posix_s(), UTC).date()
        removals = self._folder.tidy(today)
        self._counts.removed_by_bytes += removals.by_bytes
        self._counts.removed_by_days += removals.by_days
        self._report.write(self._folder.errors)

    def _note_success(self) -> None:
        if self._is_failing:
            self._is_failing = False
            log.info("the prediction log is written again")

    def _note_failure(self, error: OSError, now_s: float) -> None:
        self._counts.failures += 1
        self._retry_s = now_s + RETRY_S
        if not self._is_failing or now_s >= self._line_s:
            self._line_s = now_s + LINE_S
            log.error(
                "the prediction log cannot be written; answers are not affected",
                reason=describe_error(error),
                waiting_rows=sum(each.rows for each in self._unwritten),
                dropped_rows=self._counts.undone,
            )
        self._is_failing = True

    def _give_up(self) -> None:
        rows = 0
        while self._unwritten:
            rows += self._remove_first().rows
        if rows:
            self._counts.undone += rows
            log.error("predictions are lost: the log cannot be written", rows=rows)
