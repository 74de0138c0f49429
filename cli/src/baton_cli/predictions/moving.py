"""Moves closed files of the prediction log to another place."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from baton_cli.errors import CommandFailed, build_missing_extra_error
from baton_cli.storage_location import StorageLocation, explain_storage_errors
from baton_common.atomic_file import open_atomic
from baton_common.prediction_log import LABELS, SUFFIX

MAX_FAILURES = 3
"""Failures of the place that end a pass: it is likely to be away, and each try may take long."""
_MODE = 0o640
_LAYOUTS = (
    PurePath(f"model=*/version=*/date=*/*{SUFFIX}"),
    PurePath(f"{LABELS}/model=*/date=*/*{SUFFIX}"),
)
"""The files of a log, relative to it. Others are not Baton's, so they stay."""


class _FileFailed(CommandFailed):
    """One file cannot be moved. That says nothing about the place, or about other files."""


@dataclass
class Pass:
    """What one pass over the log did.

    Attributes:
        copied: files copied.
        copied_bytes: their bytes.
        present: files that were there already.
        failures: one line for each file that could not be moved, which stays.
    """

    copied: int = 0
    copied_bytes: int = 0
    present: int = 0
    failures: tuple[str, ...] = ()


class LogMover:
    """Copies closed files to a place, then removes them here. It can be repeated at any time."""

    def __init__(self, source: Path, target: StorageLocation, *, keeps: bool) -> None:
        """Takes the folder of the log, and where its files go; `keeps` leaves them here, too.

        Raises:
            CommandFailed: the package of the target's store is not installed.
        """
        self._source = source
        self._place: _LocalPlace | _RemotePlace = (
            _LocalPlace(target) if target.is_local else _RemotePlace(target)
        )
        self._keeps = keeps
        self._passes = 0
        self._failed_in: dict[str, int] = {}

    def move_all(self, report: Callable[[Pass], None] = lambda _: None) -> Pass:
        """Moves every closed file, in the order of the names; `report` follows each file.

        Files that failed in an earlier pass are last, so that they cannot keep the others here. If
        the place fails too often, the pass ends. A file that fails itself ends nothing.

        A file of the same name and size is there already. A file that inference is still writing
        has another name, and is never touched.

        Raises:
            CommandFailed: there is no such folder.
        """
        if not self._source.is_dir():
            raise CommandFailed(f"there is no folder {self._source}; name the log: --from DIR")
        done, failures_of_place = Pass(), 0
        self._passes += 1
        for name in self._list_in_order():
            try:
                self._move(name, done)
            except CommandFailed as error:
                self._failed_in[name] = self._passes
                done.failures += (error.message,)
                failures_of_place += not isinstance(error, _FileFailed)
                if failures_of_place >= MAX_FAILURES:
                    break
            report(done)
        return done

    def _list_in_order(self) -> list[str]:
        """Lists the files by the pass in which they last failed, so that each has its turn."""
        names = [*list_closed_files(self._source)]
        self._failed_in = {name: self._failed_in.get(name, 0) for name in names}
        return sorted(names, key=lambda name: self._failed_in[name])  # stable: else by name

    def _move(self, name: str, done: Pass) -> None:
        path = self._source / name
        try:
            size = path.stat().st_size
            if self._place.find_size(name) == size:
                done.present += 1
            else:
                self._place.copy(path, name, size)
                done.copied += 1
                done.copied_bytes += size
            if not self._keeps:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            return  # inference has removed it: it was too old
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise _FileFailed(f"cannot move {path}: {reason}; it stays here") from error


def list_closed_files(folder: Path) -> Iterator[str]:
    """Lists the closed files of a log, relative to it and sorted. Links are left out."""
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        name = path.relative_to(folder)
        is_hidden = name.name.startswith(".")
        if _is_of_log(name) and not is_hidden and path.is_file() and not path.is_symlink():
            yield str(name)


def _is_of_log(name: PurePath) -> bool:
    """Whether a path, relative to the log, is one of its layouts; `match` compares only ends."""
    return any(len(name.parts) == len(each.parts) and name.match(str(each)) for each in _LAYOUTS)


class _LocalPlace:
    """A folder on this machine, or one that is mounted."""

    def __init__(self, location: StorageLocation) -> None:
        self._location = location

    def find_size(self, name: str) -> int | None:
        """Returns the size of a file; None if it is not there."""
        path = self._location.path / name
        with explain_storage_errors("read", self._location):
            return path.stat().st_size if path.is_file() else None

    def copy(self, source: Path, name: str, size: int) -> None:  # noqa: ARG002 - as below
        """Copies a file, which appears complete or not at all."""
        path = self._location.path / name
        with source.open("rb") as file, explain_storage_errors("write", self._location):
            path.parent.mkdir(parents=True, exist_ok=True)
            with open_atomic(path, _MODE) as copy:
                shutil.copyfileobj(file, copy)


class _RemotePlace:
    """An object store, which shows an object complete or not at all."""

    def __init__(self, location: StorageLocation) -> None:
        self._location = location
        try:
            self._filesystem, self._root = location.open_filesystem()
        except ModuleNotFoundError as error:
            raise build_missing_extra_error("dask", error) from error

    def find_size(self, name: str) -> int | None:
        """Returns the size of an object; None if it is not there."""
        with explain_storage_errors("read", self._location):
            try:
                size: int = self._filesystem.info(f"{self._root}/{name}")["size"]
            except FileNotFoundError:
                return None
            return size

    def copy(self, source: Path, name: str, size: int) -> None:
        """Uploads a file and checks that all of it arrived."""
        with source.open("rb"):
            pass  # an error here is one of the file, not of the store
        with explain_storage_errors("write", self._location):
            self._filesystem.put_file(str(source), f"{self._root}/{name}")
        if self.find_size(name) != size:
            raise _FileFailed(f"{self._location}/{name} has not the size of the file; it stays")
