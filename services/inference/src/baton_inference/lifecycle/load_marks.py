"""Marks of versions under test: a version that ends the process is not loaded again.

A model can end the process: a bug of ONNX Runtime, or more memory than there is. Before its engine
is built, a file in the cache says so. The file goes when the version has been live for
`TRIAL_S`, or when the process ends as it should. A file that a dead process left blames its
version.

    loading/<random>.json         a version under test; locked while its process lives
    versions/<key>/proven         the version has been live for `TRIAL_S` on this machine

Several processes can share the folder. The lock ends with its process, however that ends; a process
id would not do, because another container can have the same one. Of the versions that one process
had under test, only the last to begin is blamed: the others had been running beside it.

A proven version is never under test again, so a power failure or SIGKILL during a restart does not
blame it.
"""

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.cache import VersionCache, is_locked
from baton_inference.lifecycle.load_failures import describe_disk_error
from baton_inference.lifecycle.policy import Identity
from baton_registry.versions.model_version import ModelVersion

TRIAL_S = 60.0
"""A version that has been live for so long is proven."""

log = structlog.get_logger("baton.loader")


@dataclass
class _Mark:
    """A version that this process has under test.

    Attributes:
        file: its file.
        lock: the open file, which holds the lock.
        version: the version.
        live_since_s: when it went live; None while it loads.
    """

    file: Path
    lock: int
    version: ModelVersion
    live_since_s: float | None = None


class LoadMarks:
    """The versions that one watcher has under test. Used from its thread, but for `close`.

    A disk that fails costs the protection, not the version: it is logged.
    """

    def __init__(self, cache: VersionCache, alias: str, process: str) -> None:
        """Reads nothing yet.

        Args:
            cache: the folder.
            alias: the alias that the watcher follows. Each alias has its own blame.
            process: a name that no other start of a process has.
        """
        self._cache = cache
        self._alias = alias
        self._process = process
        self._marks: dict[Identity, _Mark] = {}
        self._crashed: frozenset[Identity] | None = None
        self._lock = threading.RLock()
        self._is_closed = False

    def is_crashed(self, version: ModelVersion) -> bool:
        """Whether a process died while it had this version under test."""
        if self._crashed is None:
            self._crashed = frozenset(self._read_crashed(version.name))
        return Identity.from_version(version) in self._crashed

    def check(self, version: ModelVersion) -> None:
        """Raises `LoadFailure` if a process died while it had this version under test."""
        if self.is_crashed(version):
            raise LoadFailure(
                FailureKind.CRASHED,
                f"the process ended unexpectedly while it loaded version {version.version}, or"
                f" within {TRIAL_S:.0f} s afterwards; to try again, move the alias {self._alias} to"
                " another version and back",
            )

    def begin(self, version: ModelVersion) -> None:
        """Marks a version before its engine is built, unless it is proven."""
        identity = Identity.from_version(version)
        with self._lock:
            if self._is_closed or identity in self._marks:
                return
            try:
                if not self._cache.is_proven(version):
                    self._marks[identity] = self._write(version)
            except OSError as error:
                log.warning("the version cannot be marked", reason=describe_disk_error(error))

    def note_live(self, version: ModelVersion, now_s: float) -> None:
        """Starts the trial of a version, and ends those of the versions that it replaces."""
        identity = Identity.from_version(version)
        for each in [each for each in self._marks if each != identity]:
            self.end(each)
        mark = self._marks.get(identity)
        if mark is not None and mark.live_since_s is None:
            mark.live_since_s = now_s

    def compute_end_s(self) -> float | None:
        """Returns when the trial ends that is under way; None if there is none."""
        starts = [each.live_since_s for each in [*self._marks.values()]]
        ends = [start_s + TRIAL_S for start_s in starts if start_s is not None]
        return min(ends, default=None)

    def prove(self, now_s: float) -> None:
        """Ends a trial that has lasted long enough: the version is proven, for every process."""
        for identity, mark in [*self._marks.items()]:
            if mark.live_since_s is None or now_s - mark.live_since_s < TRIAL_S:
                continue
            self.end(identity)
            self._crashed = (self._crashed or frozenset()) - {identity}
            with suppress(OSError):
                self._cache.record_proven(mark.version)
                for file, content in self._iter_left():
                    if _read_identity(content) == identity:
                        file.unlink(missing_ok=True)

    def end(self, identity: Identity) -> None:
        """Removes the mark of a version that failed to load or is live no more."""
        with self._lock:
            mark = self._marks.pop(identity, None)
            if mark is not None:
                with suppress(OSError):
                    mark.file.unlink(missing_ok=True)
                os.close(mark.lock)

    def forget_others(self, name: str, aspired: Identity | None) -> None:
        """Ends the blame of the versions that the alias has left."""
        if not self._crashed or self._crashed <= {aspired}:
            return
        self._crashed &= {aspired}
        with suppress(OSError):
            for file, content in self._iter_left():
                is_ours = (content["model_name"], content["alias"]) == (name, self._alias)
                if is_ours and _read_identity(content) != aspired:
                    file.unlink(missing_ok=True)

    def close(self) -> None:
        """Removes all marks, because the process ends as it should. Later versions get none."""
        with self._lock:
            self._is_closed = True
            for identity in [*self._marks]:
                self.end(identity)

    def _write(self, version: ModelVersion) -> _Mark:
        folder = self._cache.marks
        folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        hidden = folder / f".{name}"
        lock = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with suppress(OSError):  # a file system without locks blames no version
                fcntl.flock(lock, fcntl.LOCK_EX)
            content = {
                "process": self._process,
                "model_name": version.name,
                "alias": self._alias,
                "version": version.version,
                "source": version.source,
            }
            os.write(lock, json.dumps(content).encode())
            file = folder / f"{name}.json"
            hidden.rename(file)  # locked and whole from the first moment
        except OSError:
            os.close(lock)
            hidden.unlink(missing_ok=True)
            raise
        return _Mark(file, lock, version)

    def _read_crashed(self, name: str) -> Iterator[Identity]:
        """Finds the versions to blame under this alias."""
        last: dict[str, dict[str, Any]] = {}  # by process
        try:
            left = sorted(self._iter_left(), key=lambda each: each[0].stat().st_mtime_ns)
        except OSError as error:
            log.warning("the marks cannot be read", reason=describe_disk_error(error))
            return
        for _, content in left:
            last[content["process"]] = content
        for content in last.values():
            if (content["model_name"], content["alias"]) == (name, self._alias):
                yield _read_identity(content)

    def _iter_left(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yields the marks of processes that have died, with their content."""
        for file in self._cache.marks.glob("*.json"):
            if is_locked(file):
                continue
            try:
                content = json.loads(file.read_bytes())
                if {"process", "model_name", "alias", "version", "source"} <= content.keys():
                    yield file, content
            except (FileNotFoundError, ValueError, AttributeError):
                continue


def _read_identity(content: dict[str, Any]) -> Identity:
    return Identity(content["version"], content["source"])
