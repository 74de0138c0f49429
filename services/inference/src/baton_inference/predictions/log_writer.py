"""Writes requests to the files of the log, in the log's thread."""

from collections.abc import Callable, Collection, Iterable

from baton_inference.lifecycle.clock import Clock
from baton_inference.predictions.counts import LogCounts
from baton_inference.predictions.files.disk import LogDisk
from baton_inference.predictions.files.folder import LogFolder
from baton_inference.predictions.files.open_files import EncodedFile, OpenFiles
from baton_inference.predictions.logged_request import LoggedRequest
from baton_inference.predictions.options import LogOptions
from baton_registry.versions.model_version import VersionIdentity


class LogWriter:
    """Requests to open files, closed files to the disk.

    Attributes:
        folder: the folder of the log.
    """

    def __init__(
        self,
        options: LogOptions,
        counts: LogCounts,
        clock: Clock,
        process: str,
        rest: Callable[[], object] = lambda: None,
    ) -> None:
        """Wires the writer; see `OpenFiles` and `LogDisk`."""
        self.folder = LogFolder(options.directory, options.max_bytes, options.days, rest)
        self._disk = LogDisk(self.folder, counts, clock, process)
        self._files = OpenFiles(options, counts, clock, rest)

    def write(self, requests: Iterable[LoggedRequest], live: Collection[VersionIdentity]) -> None:
        """Adds requests, and closes the files that are due.

        Args:
            requests: the requests that waited; each is taken when it is converted.
            live: the live versions: files of others are closed.
        """
        self._keep(self._files.add(requests))
        self._keep(self._files.close_due(live))
        self._disk.flush()

    def finish(self, requests: Iterable[LoggedRequest]) -> None:
        """Adds the last requests, and closes all files."""
        self._keep(self._files.add(requests))
        self._keep(self._files.close_all())
        self._disk.flush(is_last=True)

    def _keep(self, files: Iterable[EncodedFile]) -> None:
        for file in files:
            self._disk.add(file)
