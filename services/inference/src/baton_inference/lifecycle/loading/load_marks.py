"""Marks of versions on trial: a version that ends the process is not loaded again.

A model can end the process: a bug of ONNX Runtime, or more memory than there is. Before its engine
is built, its trial begins: a file in the cache, the mark, says so. The mark goes when the version
has been live for `TRIAL_S`, or when the process ends as it should. A mark that a dead process left
blames its version, until no alias points to it any more.

    loading/<random>.json         a mark; locked while its process lives
    versions/<key>/proven         the version has been live for `TRIAL_S` on this machine

Several processes can share the folder; a lock shows whether the process of a mark lives. Of the
versions that one process had on trial, only the last to begin is blamed: the others had been
running beside it.

A proven version is never on trial again, so a power failure or SIGKILL during a restart does not
blame it. It is proven with one runtime: after an upgrade of Baton or ONNX Runtime, its trial begins
again.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.loading.cache import CachedVersion, VersionCache
from baton_inference.lifecycle.loading.load_failures import describe_disk_error
from baton_inference.lifecycle.loading.mark_files import (
    LeftMark,
    MarkContent,
    MarkFile,
    list_left_marks,
    write_mark,
)
from baton_inference.lifecycle.policy import FailedLoad, Identity
from baton_registry.versions.model_version import ModelVersion

TRIAL_S = 60.0
"""A version that has been live for so long is proven."""

log = structlog.get_logger("baton.loader")


@dataclass
class _Trial:
    """A version that this process has on trial.

    Attributes:
        mark: its file.
        version: the version.
        live_since_s: when it went live; None while it loads.
    """

    mark: MarkFile
    version: ModelVersion
    live_since_s: float | None = None


class LoadMarks:
    """The trials of this process, and the versions that are blamed. Thread-safe.

    Both watchers share it: a canary that becomes production stays on its one trial, and a blamed
    version is loaded for neither alias. A disk that fails costs the protection, not the version:
    it is logged.
    """

    def __init__(
        self, cache: VersionCache, model_name: str, aliases: Sequence[str], process: str
    ) -> None:
        """Reads nothing yet.

        Args:
            cache: the folder.
            model_name: the registered model.
            aliases: the aliases that the process follows, that of production first.
            process: a name that no other start of a process has.
        """
        self._cache = cache
        self._model_name = model_name
        self._aliases = aliases
        self._process = process
        self._trials: dict[Identity, _Trial] = {}
        self._blamed: frozenset[Identity] = frozenset()
        self._aspired: dict[str, Identity | None] = {}
        self._lock = threading.RLock()
        self._is_read = False
        self._is_closed = False

    def read(self) -> None:
        """Finds the versions to blame, at the start of the process. Later calls do nothing."""
        with self._lock:
            if self._is_read:
                return
            self._is_read = True
            try:
                left = _keep_newest(list_left_marks(self._cache.marks), _get_process)
                left = _keep_newest(left, _get_subject)
            except OSError as error:
                log.warning("the marks cannot be read", reason=describe_disk_error(error))
                return
            own = [mark.content for mark in left if self._is_own(mark.content)]
            self._blamed = frozenset(content.identity for content in own)

    def is_blamed(self, version: ModelVersion) -> bool:
        """Whether a process died while it had this version on trial, and none has proven it."""
        if Identity.from_version(version) not in self._blamed:
            return False
        try:
            return not self._cache.is_proven(version)
        except OSError:
            return True

    def has_blame_ended(self, failure: FailedLoad | None, aspired: ModelVersion | None) -> bool:
        """Whether the aspired version failed to load because of blame that has ended."""
        is_blame = failure is not None and failure.kind is FailureKind.CRASHED
        return is_blame and aspired is not None and not self.is_blamed(aspired)

    def check(self, version: ModelVersion) -> None:
        """Raises `LoadFailure` if the version is blamed."""
        if self.is_blamed(version):
            raise LoadFailure(
                FailureKind.CRASHED,
                f"the process ended unexpectedly while it loaded version {version.version}, or"
                f" within {TRIAL_S:.0f} s afterwards; to try again, move each alias that points to"
                f" it ({', '.join(self._aliases)}) to another version and back",
            )

    def choose(
        self, served: Sequence[CachedVersion], *, tries_blamed: bool = False
    ) -> CachedVersion | None:
        """Chooses the version to restore: the last that served and is not blamed.

        Args:
            served: the cached versions that served, the last one first.
            tries_blamed: if all of them are blamed, whether the last one gets another chance.
        """
        proper = [each for each in served if not self.is_blamed(each[0])]
        chosen = next(iter(proper or (served if tries_blamed else ())), None)
        if served and chosen is None:
            log.error(
                "every cached version ended the process; asking the registry first",
                version=served[0][0].version,
            )
        elif chosen is not None and chosen is not served[0]:
            log.error(
                "the last version ended the process; restoring the one before",
                version=served[0][0].version,
                restored=chosen[0].version,
            )
        return chosen

    def begin(self, version: ModelVersion) -> None:
        """Begins the trial of a version before its engine is built, unless it is proven."""
        identity = Identity.from_version(version)
        with self._lock:
            if self._is_closed or identity in self._trials:
                return
            content = MarkContent(
                self._process, self._model_name, self._aliases[0], version.version, version.source
            )
            try:
                if not self._cache.is_proven(version):
                    mark = write_mark(self._cache.marks, content)
                    self._trials[identity] = _Trial(mark, version)
            except OSError as error:
                log.warning("the version cannot be marked", reason=describe_disk_error(error))

    def update(self, live: LiveVersions, now_s: float) -> None:
        """Starts the minute of versions that went live; ends the trials of those that left."""
        with self._lock:
            identities = live.identities
            for identity, trial in [*self._trials.items()]:
                if identity not in identities:
                    if trial.live_since_s is not None:
                        self._end(identity)
                elif trial.live_since_s is None:
                    trial.live_since_s = now_s

    def compute_end_s(self) -> float | None:
        """Returns when the next trial ends; None if there is none that can."""
        with self._lock:
            starts = [each.live_since_s for each in self._trials.values()]
        ends = [start_s + TRIAL_S for start_s in starts if start_s is not None]
        return min(ends, default=None)

    def prove(self, now_s: float) -> None:
        """Ends the trials that have lasted long enough: their versions are proven, for all."""
        with self._lock:
            for identity, trial in [*self._trials.items()]:
                if trial.live_since_s is None or now_s - trial.live_since_s < TRIAL_S:
                    continue
                self._end(identity)
                self._blamed -= {identity}
                with suppress(OSError):
                    self._cache.record_proven(trial.version)
                self._remove_left({identity}.__contains__)

    def end(self, identity: Identity) -> None:
        """Ends the trial of a version that did not go live."""
        with self._lock:
            trial = self._trials.get(identity)
            if trial is not None and trial.live_since_s is None:
                self._end(identity)

    def note_aspired(self, alias: str, aspired: Identity | None) -> None:
        """Notes where an alias points; ends the blame of the versions that all aliases have left.

        Until each alias was resolved once, no blame ends.
        """
        with self._lock:
            self._aspired[alias] = aspired
            if len(self._aspired) < len(self._aliases):
                return
            left = self._blamed.difference(filter(None, self._aspired.values()))
            if left:
                self._blamed -= left
                self._remove_left(left.__contains__)

    def close(self) -> None:
        """Ends all trials, because the process ends as it should. Later versions have none."""
        with self._lock:
            self._is_closed = True
            for identity in [*self._trials]:
                self._end(identity)

    def _end(self, identity: Identity) -> None:
        self._trials.pop(identity).mark.remove()

    def _is_own(self, content: MarkContent) -> bool:
        return content.model_name == self._model_name and content.alias in self._aliases

    def _remove_left(self, is_meant: Callable[[Identity], bool]) -> None:
        with suppress(OSError):
            for mark in list_left_marks(self._cache.marks):
                if self._is_own(mark.content) and is_meant(mark.content.identity):
                    mark.remove()


def _keep_newest(
    marks: Iterable[LeftMark], get_key: Callable[[MarkContent], tuple[str, ...]]
) -> list[LeftMark]:
    """Removes all marks but the newest of each key; `marks` begins with the oldest."""
    newest: dict[tuple[str, ...], LeftMark] = {}
    for mark in marks:
        key = get_key(mark.content)
        older = newest.pop(key, None)
        if older is not None:
            older.remove()
        newest[key] = mark
    return [*newest.values()]


def _get_process(content: MarkContent) -> tuple[str, ...]:
    return (content.process,)


def _get_subject(content: MarkContent) -> tuple[str, ...]:
    return (content.model_name, content.alias, content.version, content.source)
