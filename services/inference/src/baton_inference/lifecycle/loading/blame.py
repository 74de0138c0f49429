"""The versions that ended a process: they are not loaded again while an alias points to them.

A mark of `load_marks.py` that a dead process left blames its version. Of the versions that one
process had on trial, only the last to begin is blamed: the others had been running beside it.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import structlog

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.loading.cache import CachedVersion, VersionCache
from baton_inference.lifecycle.loading.load_failures import describe_disk_error
from baton_inference.lifecycle.loading.mark_files import LeftMark, MarkContent, list_left_marks
from baton_inference.lifecycle.policy import FailedLoad
from baton_registry.versions.model_version import ModelVersion, VersionIdentity

log = structlog.get_logger("baton.loader")


class Blame:
    """The blamed versions, for all aliases that the process follows. Thread-safe."""

    def __init__(self, cache: VersionCache, model_name: str, aliases: Sequence[str]) -> None:
        """Reads nothing yet.

        Args:
            cache: the folder.
            model_name: the registered model.
            aliases: the aliases that the process follows.
        """
        self._cache = cache
        self._model_name = model_name
        self._aliases = aliases
        self._blamed: frozenset[VersionIdentity] = frozenset()
        self._retried: frozenset[VersionIdentity] = frozenset()
        self._aspired: dict[str, VersionIdentity | None] = {}
        self._lock = threading.RLock()
        self._is_read = False

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
            self._retried = frozenset(each.identity for each in own if each.is_retry)

    def is_blamed(self, version: ModelVersion) -> bool:
        """Whether a process died while it had this version on trial, and none has proven it."""
        if version.identity not in self._blamed:
            return False
        try:
            return not self._cache.is_proven(version)
        except OSError:
            return True

    def has_ended(self, failure: FailedLoad | None, aspired: ModelVersion | None) -> bool:
        """Whether the aspired version failed to load because of blame that has ended."""
        is_blame = failure is not None and failure.kind is FailureKind.CRASHED
        return is_blame and aspired is not None and not self.is_blamed(aspired)

    def check(self, version: ModelVersion) -> None:
        """Raises `LoadFailure` if the version is blamed."""
        if self.is_blamed(version):
            raise LoadFailure(
                FailureKind.CRASHED,
                f"the process ended unexpectedly while it loaded version {version.version}, or"
                f" within a minute afterwards; to try again, move each alias that points to"
                f" it ({', '.join(self._aliases)}) to another version and back",
            )

    def choose(
        self, served: Sequence[CachedVersion], *, tries_blamed: bool = False
    ) -> CachedVersion | None:
        """Chooses the version to restore: the last that served and is not blamed.

        If all are blamed, the last one that was not tried again yet gets another chance: what
        killed the process, e.g. a restart of the machine, may have had nothing to do with it.

        Args:
            served: the cached versions that served, the last one first.
            tries_blamed: whether the last one gets a chance even if it had its second.
        """
        proper = [each for each in served if not self.is_blamed(each[0])]
        if proper:
            chosen = proper[0]
            if chosen is not served[0]:
                log.error(
                    "the last version ended the process; restoring the one before",
                    version=served[0][0].version,
                    restored=chosen[0].version,
                )
            return chosen
        chances = [each for each in served if each[0].identity not in self._retried]
        if tries_blamed:
            chances += served
        if chances:
            log.error(
                "every cached version ended the process; trying one again",
                version=chances[0][0].version,
            )
        elif served:
            log.error(
                "every cached version ended the process twice; asking the registry first",
                version=served[0][0].version,
            )
        return next(iter(chances), None)

    def note_aspired(self, alias: str, aspired: VersionIdentity | None) -> None:
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

    def forgive(self, identity: VersionIdentity) -> None:
        """Ends the blame of a version that is proven."""
        with self._lock:
            self._blamed -= {identity}
            self._remove_left({identity}.__contains__)

    def _is_own(self, content: MarkContent) -> bool:
        return content.model_name == self._model_name and content.alias in self._aliases

    def _remove_left(self, is_meant: Callable[[VersionIdentity], bool]) -> None:
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
