"""The log file of a child: limited in size; its last line explains a failure."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 5_000_000
TAIL_BYTES = 4_000


class Log:
    """The files `NAME.log` and `NAME.log.1`, its predecessor."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        self._previous = folder / f"{name}.log.1"

    def rotate(self) -> None:
        """Renames the log of the previous run."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            self.path.replace(self._previous)

    def open(self) -> BinaryIO:
        """Opens the file for a child, in append mode so that `limit_size` can truncate it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("ab")

    def limit_size(self, max_bytes: int = MAX_BYTES) -> None:
        """Copies the content to the predecessor and truncates the file once it is too large."""
        if self.path.exists() and self.path.stat().st_size > max_bytes:
            shutil.copyfile(self.path, self._previous)
            os.truncate(self.path, 0)

    def read_last_line(self) -> str:
        """Returns the last line that is not blank, or an empty text."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - TAIL_BYTES))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def read_warnings(self) -> list[str]:
        """Returns the lines that begin with `warning: `."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [line for line in lines if line.startswith("warning: ")]
