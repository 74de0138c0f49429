"""A child's log: a file that is bounded, and whose end says what went wrong."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 5_000_000
END_BYTES = 4_000


class Log:
    """One file and its predecessor, `NAME.log` and `NAME.log.1`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        self._older = folder / f"{name}.log.1"

    def begin(self) -> None:
        """Sets the log of the run before aside."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            self.path.replace(self._older)

    def open(self) -> BinaryIO:
        """Opens it for a child to write to. Appending, so that `bound` can cut it meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("ab")

    def bound(self, most_bytes: int = MOST_BYTES) -> None:
        """Sets the content aside once it is too much; the child goes on writing where it was."""
        if self.path.exists() and self.path.stat().st_size > most_bytes:
            shutil.copyfile(self.path, self._older)
            os.truncate(self.path, 0)

    def last_line(self) -> str:
        """The last line that is not blank; empty where there is none."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - END_BYTES))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def warnings(self) -> list[str]:
        """The lines that begin with `warning: `."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [line for line in lines if line.startswith("warning: ")]
