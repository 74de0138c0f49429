"""The rows that cannot be scored: reported and skipped, or fatal."""

from pathlib import Path

from baton_cli.errors import CommandFailed
from baton_cli.progress import ConsoleProgress

MAX_PRINTED_ROWS = 20


class BadRowHandler:
    """Reports a row that cannot be scored, or ends the command at the first."""

    def __init__(self, file: Path, progress: ConsoleProgress, *, is_fatal: bool) -> None:
        self._file = file
        self._progress = progress
        self._is_fatal = is_fatal
        self._count = 0

    def __call__(self, text: str) -> None:
        """Handles one row. Raises `CommandFailed` if bad rows are fatal."""
        if self._is_fatal:
            raise CommandFailed(
                f"{self._file}: {text}; correct the row, or skip such rows: --on-error skip"
            )
        self._count += 1
        if self._count <= MAX_PRINTED_ROWS:
            self._progress.note(f"skipped {text}")
        elif self._count == MAX_PRINTED_ROWS + 1:
            self._progress.note("skipped more rows, which are only counted")
