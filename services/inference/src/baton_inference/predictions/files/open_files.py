"""The files that are not closed yet: one for each version and day."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

import structlog

from baton_common.prediction_log import build_predictions_folder
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.predictions.counts import LogCounts
from baton_inference.predictions.files.open_file import FileKey, OpenFile
from baton_inference.predictions.log_table import LogTable
from baton_inference.predictions.logged_request import LoggedRequest
from baton_inference.predictions.options import LogOptions
from baton_inference.telemetry.stack import format_stack
from baton_registry.versions.model_version import VersionIdentity

BATCH_ROWS = 256
"""The rows that are converted at once: about a millisecond."""
_DAY_US = 86_400 * 1_000_000

log = structlog.get_logger("baton.predictions")


@dataclass(frozen=True)
class EncodedFile:
    """A whole file that is not on disk yet.

    Attributes:
        folder: where it goes, relative to the log.
        content: the Parquet file.
        rows: the number of rows.
    """

    folder: PurePosixPath
    content: bytes
    rows: int


class OpenFiles:
    """Converts requests, and closes files. Used by one thread."""

    def __init__(
        self,
        options: LogOptions,
        counts: LogCounts,
        clock: Clock,
        rest: Callable[[], object] = lambda: None,
    ) -> None:
        """Starts without files.

        Args:
            options: what is logged.
            counts: counts rows that cannot be converted.
            clock: gives the age of files.
            rest: called after about a millisecond of work: it lets other threads work.
        """
        self._options = options
        self._counts = counts
        self._clock = clock
        self._rest = rest
        self._files: dict[FileKey, OpenFile] = {}
        self._described: set[VersionIdentity] = set()

    def add(self, requests: Iterable[LoggedRequest]) -> Iterator[EncodedFile]:
        """Adds requests to the files of their versions and days; yields those that are full."""
        for part in _split(requests):
            for group in _group(part):
                key = _find_key(group[0])
                file = self._find_file(key, group[0].version)
                self._convert(file, group)
                self._rest()
                if file.is_due(self._clock.steady_s()):
                    yield from self._close([key])

    def close_due(self, live: Collection[VersionIdentity]) -> Iterator[EncodedFile]:
        """Closes the files that are old, and those of versions that are not live any more."""
        now_s = self._clock.steady_s()
        due = [
            key
            for key, file in self._files.items()
            if key.identity not in live or file.is_due(now_s)
        ]
        self._described &= {*live}
        yield from self._close(due)

    def close_all(self) -> Iterator[EncodedFile]:
        """Closes all files."""
        yield from self._close([*self._files])

    def _close(self, keys: Sequence[FileKey]) -> Iterator[EncodedFile]:
        for key in keys:
            file = self._files.pop(key)
            if file.rows:
                yield EncodedFile(file.folder, file.encode(self._rest), file.rows)

    def _convert(self, file: OpenFile, requests: Sequence[LoggedRequest]) -> None:
        """Adds requests; of those that cannot be converted, only the bad ones are lost."""
        try:
            file.add(requests)
        except Exception as error:  # noqa: BLE001 - the log must go on; its text may quote a cell
            if len(requests) == 1:
                self._counts.unusable += requests[0].batch.rows
                log.error(  # noqa: TRY400 - as above
                    "a prediction cannot be logged", stack=format_stack(error)
                )
                return
            for request in requests:
                self._convert(file, [request])

    def _find_file(self, key: FileKey, version: LiveVersion) -> OpenFile:
        file = self._files.get(key)
        if file is None:
            model = version.model
            folder = build_predictions_folder(model.name, model.version, key.day)
            table = LogTable(version, self._options)
            file = self._files[key] = OpenFile(table, folder, self._clock.steady_s())
            if key.identity not in self._described:
                self._described.add(key.identity)
                _describe(version, self._options)
        return file


def _find_key(request: LoggedRequest) -> FileKey:
    day = datetime.fromtimestamp(request.time_us // 1_000_000, UTC).date()
    return FileKey(request.version.identity, day)


def _group(requests: Iterable[LoggedRequest]) -> Iterable[list[LoggedRequest]]:
    """Groups requests by their version and day."""
    groups: dict[tuple[int, int], list[LoggedRequest]] = {}
    for each in requests:
        groups.setdefault((id(each.version), each.time_us // _DAY_US), []).append(each)
    return groups.values()


def _split(requests: Iterable[LoggedRequest]) -> Iterator[list[LoggedRequest]]:
    """Splits requests into parts of about `BATCH_ROWS` rows."""
    part: list[LoggedRequest] = []
    rows = 0
    for request in requests:
        part.append(request)
        rows += request.batch.rows
        if rows >= BATCH_ROWS:
            yield part
            part, rows = [], 0
    if part:
        yield part


def _describe(version: LiveVersion, options: LogOptions) -> None:
    """Logs what is logged of a version."""
    names = {column.name for column in version.schema.columns}
    number, private = version.model.version, version.private_columns
    if private is None:
        log.warning("features are not logged: the version has no manifest", version=number)
    else:
        chosen = names if options.columns is None else names & options.columns
        log.info("predictions are logged", version=number, features=len(chosen - {*private}))
    if unknown := sorted((options.columns or frozenset()) - names):
        log.warning(
            "BATON_PREDICTIONS_COLUMNS names columns that the version does not have",
            version=number,
            columns=unknown,
        )
