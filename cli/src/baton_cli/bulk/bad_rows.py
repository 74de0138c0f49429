"""The rows that cannot be scored: reported and skipped, or fatal."""

from collections.abc import Callable
from pathlib import Path

from baton_cli.errors import CommandFailed

MAX_PRINTED_ROWS = 20
HINT = "correct the row, or skip such rows: --on-error skip"


class BadRowHandler:
    """Reports a row that cannot be scored, or ends the command at the first."""

    def __init__(self, file: Path | str, note: Callable[[str], object], *, is_fatal: bool) -> None:
        """Takes what messages need.

        Args:
            file: the path or URL.
            note: takes the text about a skipped row; called for the first rows only.
            is_fatal: whether the first bad row ends the command.
        """
        self._file = file
        self._note = note
        self._is_fatal = is_fatal
        self._count = 0

    def __call__(self, text: str) -> None:
        """Handles one row. Raises `CommandFailed` if bad rows are fatal."""
        if self._is_fatal:
            raise CommandFailed(f"{self._file}: {text}; {HINT}")
        self._count += 1
        if self._count <= MAX_PRINTED_ROWS:
            self._note(f"skipped {text}")
        elif self._count == MAX_PRINTED_ROWS + 1:
            self._note("skipped more rows, which are only counted")
