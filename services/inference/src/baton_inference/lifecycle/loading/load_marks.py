"""Marks of versions on trial: a version that ends the process is not loaded again.

A model can end the process: a bug of ONNX Runtime, or more memory than there is. Before its engine
is built, its trial begins: a file in the cache, the mark, says so. The mark goes when the version
has been live for `TRIAL_S`, or when the process ends as it should. A mark that a dead process left
blames its version: see `blame.py`.

    loading/<random>.json         a mark; locked while its process lives
    versions/<key>/proven         the version has been live for `TRIAL_S` on this machine

Several processes can share the folder; a lock shows whether the process of a mark lives.

A proven version is never on trial again, so a power failure or SIGKILL during a restart does not
blame it. It is proven with one runtime: after an upgrade of Baton or ONNX Runtime, its trial begins
again.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.loading.blame import Blame
from baton_inference.lifecycle.loading.cache import VersionCache
from baton_inference.lifecycle.loading.load_failures import describe_disk_error
from baton_inference.lifecycle.loading.mark_files import (
    MarkContent,
    MarkFile,
    write_mark,
)
from baton_registry.versions.model_version import ModelVersion, VersionIdentity

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
    """The trials of this process. Thread-safe.

    Both watchers share it: a canary that becomes production stays on its one trial. A disk that
    fails costs the protection, not the version: it is logged.

    Attributes:
        blame: the versions that ended a process.
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
        self.blame = Blame(cache, model_name, aliases)
        self._cache = cache
        self._model_name = model_name
        self._alias = aliases[0]
        self._process = process
        self._trials: dict[VersionIdentity, _Trial] = {}
        self._lock = threading.RLock()
        self._is_closed = False

    def begin(self, version: ModelVersion) -> None:
        """Begins the trial of a version before its engine is built, unless it is proven."""
        identity = version.identity
        with self._lock:
            if self._is_closed or identity in self._trials:
                return
            content = MarkContent(
                self._process,
                self._model_name,
                self._alias,
                version.version,
                version.source,
                is_retry=self.blame.is_blamed(version),
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
                with suppress(OSError):
                    self._cache.record_proven(trial.version)
                self.blame.forgive(identity)

    def end(self, identity: VersionIdentity) -> None:
        """Ends the trial of a version that did not go live."""
        with self._lock:
            trial = self._trials.get(identity)
            if trial is not None and trial.live_since_s is None:
                self._end(identity)

    def close(self) -> None:
        """Ends all trials, because the process ends as it should. Later versions have none."""
        with self._lock:
            self._is_closed = True
            for identity in [*self._trials]:
                self._end(identity)

    def _end(self, identity: VersionIdentity) -> None:
        self._trials.pop(identity).mark.remove()
