"""The folder of the log: writes closed files, and removes the oldest ones."""

import fcntl
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from baton_inference.lifecycle.loading.locks import is_locked
from baton_inference.predictions.files.listing import PART, PREDICTIONS_KEYS, ClosedFile, Listing

FORGOTTEN_S = 3600.0
"""A part of this age belongs to no living process: each is written within seconds."""
FRESH_SHARE = 10
"""One tenth of the bytes stays for fresh files, also if others fill the folder for good."""


@dataclass(frozen=True)
class Removals:
    """Files that were removed, by the bound that they were beyond."""

    by_bytes: int = 0
    by_days: int = 0


class LogFolder:
    """The folder. Several processes may share it.

    Each file has one writer, and any process may remove an old one.

    Attributes:
        files: the closed files in the folder, when it was last read.
        bytes: their size together.
        errors: by their folder, why files could not be listed or removed then.
    """

    def __init__(
        self,
        directory: Path,
        max_bytes: int,
        days: int,
        rest: Callable[[], object] = lambda: None,
    ) -> None:
        """Touches nothing yet.

        Args:
            directory: the folder.
            max_bytes: the most bytes of closed files.
            days: the days for which files are kept.
            rest: called after each folder of a day is listed: it lets other threads work. 3,000
                files are 24 ms of Python.
        """
        self.files = 0
        self.bytes = 0
        self.errors: Mapping[Path, OSError] = {}
        self._directory = directory
        self._max_bytes = max_bytes
        self._days = days
        self._rest = rest

    def write(self, folder: PurePosixPath, name: str, content: bytes) -> None:
        """Writes a closed file: it appears under its name when its content is on disk.

        Raises:
            OSError: the disk fails.
        """
        path = self._directory / folder / name
        self._create(path.parent)
        part = path.with_name(name + PART)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        try:
            with os.fdopen(handle, "wb") as file:
                with suppress(OSError):  # a file system without locks: see FORGOTTEN_S
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.write(content)
                file.flush()
                os.fsync(handle)
                part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self.files += 1
        self.bytes += len(content)

    def tidy(self, today: date) -> Removals:
        """Removes files beyond the bounds, the oldest first, parts of dead processes, old labels.

        Only the days count for labels; `LabelFolder` refuses those beyond their bytes. A folder
        that cannot be read is left out; if it is the whole log, the last figures stay. A file that
        cannot be removed still counts, but some fresh files stay beside it.
        """
        listing = Listing(self._directory, self._rest)
        oldest_day = today - timedelta(days=self._days)
        _remove_old_labels(listing, oldest_day)
        removed, total = Counter[str](), 0
        kept: list[ClosedFile] = []
        for file in listing.list_files():
            if file.is_part:
                with listing.tolerate(file.path.parent):
                    _remove_forgotten(file)
            elif file.day >= oldest_day or not _remove(file, listing, removed, "days"):
                kept.append(file)
                total += file.size
        files = len(kept)
        gone = self._remove_beyond_bytes(kept, total, listing, removed)
        self.errors = listing.errors
        if self._directory not in self.errors:
            self.files, self.bytes = files - len(gone), total - sum(file.size for file in gone)
        return Removals(removed["bytes"], removed["days"])

    def _remove_beyond_bytes(
        self, kept: list[ClosedFile], total: int, listing: Listing, removed: Counter[str]
    ) -> list[ClosedFile]:
        """Removes the oldest files until the others are within the bytes; returns what is gone.

        Files that cannot be removed may be beyond the bytes alone. Without a least share for the
        others, each file would then be removed as soon as it is written.
        """
        gone: list[ClosedFile] = []
        stuck = 0
        for file in sorted(kept, key=lambda file: file.changed_s):
            least = self._max_bytes // FRESH_SHARE if stuck else 0
            if total <= self._max_bytes or total - stuck - file.size < least:
                break
            if _remove(file, listing, removed, "bytes"):
                gone.append(file)
                total -= file.size
            else:
                stuck += file.size
        return gone

    def _create(self, folder: Path) -> None:
        """Creates a folder that the owner and the group may read, as all below the log."""
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            with suppress(FileExistsError):  # another process was faster
                each.mkdir(mode=0o750)


def _remove_forgotten(part: ClosedFile) -> None:
    """Removes the part of a dead process: a living one holds its lock."""
    if not is_locked(part.path) or time.time() - part.changed_s > FORGOTTEN_S:
        part.path.unlink(missing_ok=True)


def _remove_old_labels(listing: Listing, oldest_day: date) -> None:
    """Removes the labels that arrived before a day. Folders whose name is no day stay."""
    for folder, day in listing.list_label_days():
        if day < oldest_day:
            shutil.rmtree(folder, ignore_errors=True)  # another process may do the same
            with listing.tolerate(folder):
                shutil.rmtree(folder)  # says why anything is left


def _remove(file: ClosedFile, listing: Listing, removed: Counter[str], bound: str) -> bool:
    """Removes a file, and folders that are empty then; counts it. Returns whether it is gone."""
    try:
        file.path.unlink()
    except FileNotFoundError:  # another process removed it
        return True
    except OSError as error:
        listing.errors.setdefault(file.path.parent, error)
        return False
    removed[bound] += 1
    with suppress(OSError):  # not empty
        for folder in [*file.path.parents][: len(PREDICTIONS_KEYS)]:
            folder.rmdir()
    return True
