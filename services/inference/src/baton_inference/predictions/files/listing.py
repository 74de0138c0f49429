"""Lists the folders and the files of the log, also if some of them cannot be read."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from baton_common.prediction_log import LABELS, SUFFIX, parse_partition

PART = ".part"
"""What is added to the name of a file that is not complete."""
PREDICTIONS_KEYS = ("model", "version", "date")
LABELS_KEYS = ("model", "date")
"""The partitions of the folders of a day."""

_OWN_FILE = re.compile(rf"[0-9a-f]{{16}}-\d+{re.escape(SUFFIX)}(?P<part>{re.escape(PART)})?")


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


class Listing:
    """Reads the log once. A folder that fails is left out, and the others are still read.

    Attributes:
        errors: the first error of each folder that failed.
    """

    def __init__(self, directory: Path, rest: Callable[[], object] = lambda: None) -> None:
        """Touches nothing yet.

        Args:
            directory: the folder of the log.
            rest: called after each folder of a day is listed.
        """
        self.errors: dict[Path, OSError] = {}
        self._directory = directory
        self._rest = rest

    @contextmanager
    def tolerate(self, folder: Path) -> Iterator[None]:
        """Notes an error of a folder; none if another process removed it, or it is a file."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            self.errors.setdefault(folder, error)

    def list_files(self) -> Iterator[ClosedFile]:
        """Lists the files that Baton wrote. Files with other names, and links, are left alone."""
        for folder, day in _keep_days(self._list_folders(self._directory, PREDICTIONS_KEYS)):
            for entry in self._scan(folder):
                file = self._read_file(entry, folder, day)
                if file is not None:
                    yield file
            self._rest()

    def _read_file(self, entry: "os.DirEntry[str]", folder: Path, day: date) -> ClosedFile | None:
        match = _OWN_FILE.fullmatch(entry.name)
        with self.tolerate(folder):
            if match and entry.is_file(follow_symlinks=False):
                stat = entry.stat(follow_symlinks=False)
                part = match["part"] is not None
                return ClosedFile(Path(entry.path), day, stat.st_size, stat.st_mtime, is_part=part)
        return None

    def list_label_days(self) -> Iterator[tuple[Path, date]]:
        """Lists the folders of labels that belong to a day."""
        return _keep_days(self._list_folders(self._directory / LABELS, LABELS_KEYS))

    def measure_labels(self) -> int:
        """Adds up the bytes of all labels, also of folders whose name is no day, or behind links.

        Only this follows links, because it removes nothing.
        """
        total = 0
        root = self._directory / LABELS
        for folder, _ in self._list_folders(root, LABELS_KEYS, follows_links=True):
            for entry in self._scan(folder):
                with self.tolerate(folder):
                    total += entry.stat().st_size
        return total

    def _list_folders(
        self, folder: Path, keys: tuple[str, ...], *, follows_links: bool = False
    ) -> Iterator[tuple[Path, str]]:
        """Lists the folders of these partitions, with the value of the last one."""
        for entry in self._scan(folder):
            try:
                key, value = parse_partition(entry.name)
            except ValueError:
                continue
            if key != keys[0] or not self._is_folder(entry, follows_links=follows_links):
                continue
            if len(keys) == 1:
                yield Path(entry.path), value
            else:
                path = Path(entry.path)
                yield from self._list_folders(path, keys[1:], follows_links=follows_links)

    def _is_folder(self, entry: "os.DirEntry[str]", *, follows_links: bool) -> bool:
        try:
            return entry.is_dir(follow_symlinks=follows_links)
        except OSError as error:
            self.errors.setdefault(Path(entry.path), error)
            return False

    def _scan(self, folder: Path) -> list["os.DirEntry[str]"]:
        found: list[os.DirEntry[str]] = []
        with self.tolerate(folder), os.scandir(folder) as entries:
            found += entries
        return found


def _keep_days(folders: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, date]]:
    """Reads the dates of folders; others are left out."""
    for folder, value in folders:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            continue
        yield folder, day
