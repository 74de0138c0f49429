"""The files of `load_marks.py`: each is locked while the process that wrote it lives.

A process id would not do, because another container that shares the folder can have the same one.
"""

import fcntl
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from baton_inference.lifecycle.loading.locks import is_locked
from baton_registry.versions.model_version import VersionIdentity

HIDDEN_S = 60.0
"""A mark that is hidden for so long will never be whole: its process died while it wrote it."""


@dataclass(frozen=True)
class MarkContent:
    """What a mark says.

    Attributes:
        process: a name that no other start of a process has.
        model_name: the registered model.
        alias: the alias of production in that process.
        version: the number of the version.
        source: the location of its artifacts.
        is_retry: whether the version was blamed already when this trial began.
    """

    process: str
    model_name: str
    alias: str
    version: str
    source: str
    is_retry: bool = False

    @property
    def identity(self) -> VersionIdentity:
        """The version."""
        return VersionIdentity(self.version, self.source)


@dataclass(frozen=True)
class LeftMark:
    """A mark of a process that has died.

    Attributes:
        file: where it is.
        content: what it says.
        written_at_ns: when it was written.
    """

    file: Path
    content: MarkContent
    written_at_ns: int

    def remove(self) -> None:
        """Removes the file, unless another process has."""
        self.file.unlink(missing_ok=True)


class MarkFile:
    """A mark of this process, which holds its lock."""

    def __init__(self, file: Path, lock: int) -> None:
        self._file = file
        self._lock = lock

    def remove(self) -> None:
        """Removes the file and releases the lock. A file that stays blames its version."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        os.close(self._lock)


def write_mark(folder: Path, content: MarkContent) -> MarkFile:
    """Writes a mark. Raises `OSError` if the disk fails."""
    folder.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    hidden, file = folder / f".{name}", folder / f"{name}.json"
    lock = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with suppress(OSError):  # a file system without locks blames no version
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.write(lock, json.dumps(asdict(content)).encode())
        hidden.rename(file)  # locked and whole from its first moment
    except OSError:
        os.close(lock)
        hidden.unlink(missing_ok=True)
        raise
    return MarkFile(file, lock)


def list_left_marks(folder: Path) -> list[LeftMark]:
    """Lists the marks of processes that have died, the oldest first; removes what is no mark.

    Raises `OSError` if the disk fails.
    """
    left = []
    for hidden in folder.glob(".*"):
        with suppress(FileNotFoundError):
            if not is_locked(hidden) and time.time() - hidden.stat().st_mtime > HIDDEN_S:
                hidden.unlink()
    for file in folder.glob("*.json"):
        try:
            if not is_locked(file):
                content = MarkContent(**json.loads(file.read_bytes()))
                left.append(LeftMark(file, content, file.stat().st_mtime_ns))
        except FileNotFoundError:
            continue
        except (ValueError, TypeError):
            file.unlink(missing_ok=True)
    return sorted(left, key=lambda mark: mark.written_at_ns)
