"""The rows of a file that is not closed yet, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from arro3.core import RecordBatch

from baton_inference.predictions.files.parquet import encode_parquet
from baton_inference.predictions.log_table import LogTable
from baton_inference.predictions.logged_request import LoggedRequest
from baton_registry.versions.model_version import VersionIdentity

MAX_AGE_S = 15 * 60.0
MAX_ROWS = 50_000
MAX_BYTES = 16 * 2**20
"""A file is closed at the first of these. The bytes are those in memory; on disk it is smaller."""


@dataclass(frozen=True)
class FileKey:
    """What all rows of a file have in common.

    Attributes:
        identity: the version.
        day: the date of the answers, in UTC.
    """

    identity: VersionIdentity
    day: date


@dataclass
class OpenFile:
    """Rows of one version and day.

    Attributes:
        table: converts them.
        folder: where the file goes, relative to the log.
        opened_s: when the first row was added, by the monotonic clock.
        rows: the number of rows.
    """

    table: LogTable
    folder: PurePosixPath
    opened_s: float
    rows: int = 0
    _size: int = 0
    _batches: list[RecordBatch] = field(default_factory=list)

    def add(self, requests: Sequence[LoggedRequest]) -> None:
        """Converts and adds requests. Raises whatever the conversion raises, and adds nothing."""
        batch = self.table.build(requests)
        self._batches.append(batch)
        self.rows += batch.num_rows
        self._size += batch.nbytes

    def is_due(self, now_s: float) -> bool:
        """Whether it is old or large enough to be closed."""
        is_old = now_s - self.opened_s >= MAX_AGE_S
        return is_old or self.rows >= MAX_ROWS or self._size >= MAX_BYTES

    def encode(self, rest: Callable[[], object]) -> bytes:
        """Encodes the rows as Parquet."""
        return encode_parquet(self.table.schema, self._batches, rest)
