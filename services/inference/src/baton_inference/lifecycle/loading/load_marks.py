"""Marks of versions under test: a version that ends the process is not loaded again.

A model can end the process: a bug of ONNX Runtime, or more memory than there is. Before its engine
is built, a file in the cache says so. The file goes when the version has been live for
`TRIAL_S`, or when the process ends as it should. A file that a dead process left blames its
version.

    loading/<random>.json         a version under test; locked while its process lives
    versions/<key>/proven         the version has been live for `TRIAL_S` on this machine

Several processes can share the folder; a lock shows whether the process of a file lives. Of the
versions that one process had under test, only the last to begin is blamed: the others had been
running beside it.

A proven version is never under test again, so a power failure or SIGKILL during a restart does not
blame it.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.loading.cache import CachedVersion, VersionCache
from baton_inference.lifecycle.loading.load_failures import describe_disk_error
from baton_inference.lifecycle.loading.mark_files import (
    LeftMark,
    MarkContent,
    MarkFile,
    list_left_marks,
    write_mark,
)
from baton_inference.lifecycle.policy import Identity
from baton_registry.versions.model_version import ModelVersion

TRIAL_S = 60.0
"""A version that has been live for so long is proven."""

log = structlog.get_logger("baton.loader")


@dataclass
class _Trial:
    """A version that this process has under test.

    Attributes:
        mark: its file.
        version: the version.
        live_since_s: when it went live; None while it loads.
    """

    mark: MarkFile
    version: ModelVersion
    live_since_s: float | None = None


class LoadMarks:
    """The versions that one watcher has under test. Used from its thread, but for `close`.

    A disk that fails costs the protection, not the version: it is logged.
    """

    def __init__(self, cache: VersionCache, model_name: str, alias: str, process: str) -> None:
        """Reads nothing yet.

        Args:
            cache: the folder.
            model_name: the registered model.
            alias: the alias that the watcher follows. Each alias has its own blame.
            process: a name that no other start of a process has.
        """
        self._cache = cache
        self._model_name = model_name
        self._alias = alias
        self._process = process
        self._trials: dict[Identity, _Trial] = {}
        self._crashed: frozenset[Identity] = frozenset()
        self._lock = threading.RLock()
        self._is_closed = False

    def read(self) -> None:
        """Finds the versions to blame, at the start of the process."""
        last: dict[str, LeftMark] = {}
        try:
            for mark in list_left_marks(self._cache.marks):
                innocent = last.get(mark.content.process)
                last[mark.content.process] = mark
                if innocent is not None:
                    innocent.remove()
        except OSError as error:
            log.warning("the marks cannot be read", reason=describe_disk_error(error))
        blamed = [mark.content for mark in last.values() if self._is_own(mark.content)]
        self._crashed = frozenset(content.identity for content in blamed)

    def is_crashed(self, version: ModelVersion) -> bool:
        """Whether a process died while it had this version under test."""
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

    def choose(self, served: Sequence[CachedVersion]) -> CachedVersion:
        """Chooses the version to restore: the last that served and ended no process.

        If all did, the last one gets another chance: an empty slot answers nobody.
        """
        proper = [each for each in served if not self.is_crashed(each[0])]
        chosen = (proper or served)[0]
        if chosen is not served[0]:
            log.error(
                "the last version ended the process; restoring the one before",
                version=served[0][0].version,
                restored=chosen[0].version,
            )
        return chosen

    def begin(self, version: ModelVersion) -> None:
        """Marks a version before its engine is built, unless it is proven."""
        identity = Identity.from_version(version)
        with self._lock:
            if self._is_closed or identity in self._trials:
                return
            content = MarkContent(
                self._process, self._model_name, self._alias, version.version, version.source
            )
            try:
                if not self._cache.is_proven(version):
                    mark = write_mark(self._cache.marks, content)
                    self._trials[identity] = _Trial(mark, version)
            except OSError as error:
                log.warning("the version cannot be marked", reason=describe_disk_error(error))

    def note_live(self, version: ModelVersion, now_s: float) -> None:
        """Starts the minute of a version, and ends the trials of those that it replaces."""
        identity = Identity.from_version(version)
        for each in [each for each in self._trials if each != identity]:
            self.end(each)
        trial = self._trials.get(identity)
        if trial is not None and trial.live_since_s is None:
            trial.live_since_s = now_s

    def compute_end_s(self) -> float | None:
        """Returns when the next trial ends; None if there is none that can."""
        starts = [each.live_since_s for each in [*self._trials.values()]]
        ends = [start_s + TRIAL_S for start_s in starts if start_s is not None]
        return min(ends, default=None)

    def prove(self, now_s: float) -> None:
        """Ends a trial that has lasted long enough: the version is proven, for every process."""
        for identity, trial in [*self._trials.items()]:
            if trial.live_since_s is None or now_s - trial.live_since_s < TRIAL_S:
                continue
            self.end(identity)
            self._crashed -= {identity}
            with suppress(OSError):
                self._cache.record_proven(trial.version)
            self._remove_left(partial(_is_about, identity))

    def end(self, identity: Identity) -> None:
        """Ends the trial of a version that failed to load or is live no more."""
        with self._lock:
            trial = self._trials.pop(identity, None)
            if trial is not None:
                trial.mark.remove()

    def forget_others(self, aspired: Identity | None) -> None:
        """Ends the blame of the versions that the alias has left."""
        if self._crashed - {aspired}:
            self._crashed &= {aspired}
            self._remove_left(lambda content: self._is_own(content) and content.identity != aspired)

    def close(self) -> None:
        """Ends all trials, because the process ends as it should. Later versions have none."""
        with self._lock:
            self._is_closed = True
            for identity in [*self._trials]:
                self.end(identity)

    def _is_own(self, content: MarkContent) -> bool:
        return (content.model_name, content.alias) == (self._model_name, self._alias)

    def _remove_left(self, condition: Callable[[MarkContent], bool]) -> None:
        with suppress(OSError):
            for mark in list_left_marks(self._cache.marks):
                if condition(mark.content):
                    mark.remove()


def _is_about(identity: Identity, content: MarkContent) -> bool:
    return content.identity == identity
