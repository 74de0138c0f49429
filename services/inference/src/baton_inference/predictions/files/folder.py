"""The folder of the log: writes closed files, and removes the oldest ones."""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from baton_common.prediction_log import LABELS, SUFFIX, parse_partition
from baton_inference.lifecycle.loading.locks import is_locked

PART = ".part"
"""What is added to the name of a file that is not complete."""
FORGOTTEN_S = 3600.0
"""A part of this age belongs to no living process: each is written within seconds."""

_OWN_FILE = re.compile(rf"[0-9a-f]{{16}}-\d+{re.escape(SUFFIX)}(?P<part>{re.escape(PART)})?")
_PARTITIONS = ("model", "version", "date")


@dataclass(frozen=True)
class ClosedFile:
    """A closed file, or the part of one, that Baton wrote.

    Attributes:
        path: where it is.
        day: the date of its rows.
        size: bytes.
        changed_s: when it was written: POSIX time.
        is_part: whether it is not complete.
    """

    path: Path
    day: date
    size: int
    changed_s: float
    is_part: bool


@dataclass(frozen=True)
class Removals:
    """Files that were removed, by the bound that they were beyond."""

    by_bytes: int = 0
    by_days: int = 0


class LogFolder:
    """The folder. Every method raises `OSError` if the disk fails.

    Several processes may share it: each file has one writer, and anyone may remove an old one.

    Attributes:
        files: the closed files in the folder, when it was last read.
        bytes: their size together.
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
        self._directory = directory
        self._max_bytes = max_bytes
        self._days = days
        self._rest = rest

    def write(self, folder: PurePosixPath, name: str, content: bytes) -> None:
        """Writes a closed file: it appears under its name when its content is on disk."""
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

        Only the days count for labels; `LabelFolder` refuses those beyond their bytes.
        """
        _remove_old_labels(self._directory, today - timedelta(days=self._days))
        by_bytes = by_days = total = 0
        kept: list[ClosedFile] = []
        for file in self._list_files():
            if file.is_part:
                _remove_forgotten(file)
            elif today - file.day > timedelta(days=self._days):
                by_days += _remove(file.path)
            else:
                kept.append(file)
                total += file.size
        kept.sort(key=lambda file: file.changed_s, reverse=True)
        while kept and total > self._max_bytes:
            oldest = kept.pop()
            total -= oldest.size
            by_bytes += _remove(oldest.path)
        self.files, self.bytes = len(kept), total
        return Removals(by_bytes, by_days)

    def _create(self, folder: Path) -> None:
        """Creates a folder that the owner and the group may read, as all below the log."""
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            with suppress(FileExistsError):  # another process was faster
                each.mkdir(mode=0o750)

    def _list_files(self) -> Iterator[ClosedFile]:
        """Lists the files that Baton wrote. Files with other names, and links, are left alone."""
        for folder, values in _list_folders(self._directory, _PARTITIONS):
            try:
                day = date.fromisoformat(values[-1])
            except ValueError:
                continue
            for entry in _scan(folder):
                match = _OWN_FILE.fullmatch(entry.name)
                if match and entry.is_file(follow_symlinks=False):
                    with suppress(FileNotFoundError):  # another process removed it
                        stat = entry.stat(follow_symlinks=False)
                        part = match["part"] is not None
                        yield ClosedFile(
                            Path(entry.path), day, stat.st_size, stat.st_mtime, is_part=part
                        )
            self._rest()


def _list_folders(
    folder: Path, keys: tuple[str, ...], values: tuple[str, ...] = ()
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Lists the folders of these partitions, with the values in their names."""
    if not keys:
        yield folder, values
        return
    for entry in _scan(folder):
        try:
            key, value = parse_partition(entry.name)
        except ValueError:
            continue
        if key == keys[0] and entry.is_dir(follow_symlinks=False):
            yield from _list_folders(Path(entry.path), keys[1:], (*values, value))


def _scan(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return [*entries]
    except FileNotFoundError:
        return []


def _remove_forgotten(part: ClosedFile) -> None:
    """Removes the part of a dead process: a living one holds its lock."""
    if not is_locked(part.path) or time.time() - part.changed_s > FORGOTTEN_S:
        part.path.unlink(missing_ok=True)


def _remove_old_labels(directory: Path, oldest: date) -> None:
    """Removes the labels that arrived before a day. Folders whose name is no day stay."""
    for folder, (_, day) in _list_folders(directory / LABELS, ("model", "date")):
        with suppress(ValueError):
            if date.fromisoformat(day) < oldest:
                shutil.rmtree(folder, ignore_errors=True)  # another process may do the same


def _remove(file: Path) -> int:
    """Removes a file, and folders that are empty then. Returns the number of files removed."""
    try:
        file.unlink()
    except FileNotFoundError:  # another process removed it
        return 0
    with suppress(OSError):  # not empty
        for folder in [*file.parents][: len(_PARTITIONS)]:
            folder.rmdir()
    return 1
