"""Reads the prediction log: predictions and labels as Arrow tables.

`baton_common.prediction_log` describes the layout. Only closed files are read, those that end with
`.parquet`. A file that cannot be read, or does not fit the others, is one warning and is skipped.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.dataset as ds

from baton_common import prediction_log as layout
from baton_common.texts import get_first_line
from baton_trainer.monitoring.log_files import LogFiles

_TIME = pa.timestamp("us", tz="UTC")
PREDICTION_FIELDS = pa.schema(
    [
        (layout.TIME, _TIME),
        (layout.REQUEST_ID, pa.string()),
        (layout.ROW, pa.int32()),
        (layout.KEY, pa.string()),
        (layout.PROTOCOL, pa.string()),
        (layout.ALIAS, pa.string()),
        (layout.OTHER_VERSION, pa.string()),
        (layout.SAMPLING, pa.float64()),
    ]
)
"""The columns of predictions that do not depend on the version."""
LABEL_FIELDS = pa.schema(
    [
        (layout.RECEIVED_AT, _TIME),
        (layout.REQUEST_ID, pa.string()),
        (layout.ROW, pa.int32()),
        (layout.LABEL, pa.string()),
        (layout.AT, _TIME),
        (layout.SOURCE, pa.string()),
        (layout.API_KEY, pa.string()),
    ]
)
"""The columns of labels."""

_log = logging.getLogger(__name__)
_VERSION = "version"

Warn = Callable[[str], None]
Predicate = Callable[[str], bool]


class _Span(NamedTuple):
    """A span of time: from `since`, up to but without `until`; None: no bound."""

    column: str
    since: datetime | None
    until: datetime | None = None

    def may_contain(self, day: date) -> bool:
        """Whether files of a day may have rows of it."""
        is_early = self.since is not None and day < self.since.date()
        return not is_early and (self.until is None or day <= self.until.date())

    def to_filter(self) -> Any:
        """Converts it to a filter of rows; None if it has no bound."""
        field = ds.field(self.column)
        parts = [] if self.since is None else [field >= pa.scalar(self.since, _TIME)]
        parts += [] if self.until is None else [field < pa.scalar(self.until, _TIME)]
        return None if not parts else parts[0] if len(parts) == 1 else parts[0] & parts[1]


class LogReader:
    """Reads a prediction log, on this machine or on an object store."""

    def __init__(self, location: Path | str, warn: Warn = _log.warning) -> None:
        """Opens a log.

        Args:
            location: a folder, or a URL that fsspec knows; its credentials come from where the
                store's own library finds them.
            warn: receives one line for each file that is skipped, once.

        Raises:
            DataError: there is no such folder, it cannot be reached, or the URL has a password.
        """
        self._warn = warn
        self._files = LogFiles(location)
        self._skipped: set[PurePosixPath] = set()

    @property
    def skipped(self) -> list[PurePosixPath]:
        """The files that could not be read so far, relative to the log."""
        return sorted(self._skipped)

    def list_versions(self, model: str) -> list[str]:
        """Lists the versions of a model that have predictions, in the order of their numbers.

        Raises:
            DataError: the log cannot be listed.
        """
        folder = layout.get_model_folder(model)
        versions = {text for _, text in self._files.list_parts(folder, _VERSION)}
        return sorted(versions, key=lambda text: (len(text), text))

    def iter_predictions(  # noqa: PLR0913 - what to read, of when, and which part of it
        self,
        model: str,
        version: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        columns: Sequence[str] | None = None,
        has_features: bool = True,
    ) -> Iterator[pa.Table]:
        """Reads predictions of a version file by file, because a log may not fit into memory.

        Args:
            model: the registered model.
            version: its number.
            since: the time of the first row, in UTC; None: all that the log has.
            until: only rows before this time, in UTC.
            columns: the columns to read; None: all.
            has_features: whether to read the columns of features.

        Returns:
            a table for each file, in the order of the days. A table lacks the columns that its file
            lacks.

        Raises:
            DataError: the log cannot be listed.
        """
        folder = layout.get_version_folder(model, version)
        span = _Span(layout.TIME, since, until)

        def is_wanted(name: str) -> bool:
            is_known = columns is None or name in columns
            return is_known and (has_features or not name.startswith(layout.FEATURE))

        return self._iter_tables(folder, span, _select(PREDICTION_FIELDS, is_wanted), is_wanted)

    def read_labels(self, model: str, *, since: datetime | None = None) -> pa.Table:
        """Reads labels of a model that arrived since a time, in UTC; None: all that the log has.

        Raises:
            DataError: the log cannot be listed.
        """
        folder = layout.get_labels_folder(model)
        span = _Span(layout.RECEIVED_AT, since)
        tables = self._iter_tables(folder, span, LABEL_FIELDS, LABEL_FIELDS.names.__contains__)
        return pa.concat_tables([LABEL_FIELDS.empty_table(), *tables], promote_options="permissive")

    def _iter_tables(
        self,
        folder: PurePosixPath,
        span: _Span,
        known: pa.Schema,
        is_wanted: Predicate,
    ) -> Iterator[pa.Table]:
        """Reads the files of a folder. If one has gone since they were listed, lists again.

        Inference removes small files of labels after it has merged them into another one.
        """
        seen: set[PurePosixPath] = set()
        has_gone = True
        while has_gone:
            has_gone = False
            for path in self._list_files(folder, span):
                if path in seen:
                    continue
                seen.add(path)
                try:
                    table = self._read_file(path, span, is_wanted)
                    known = pa.unify_schemas([known, table.schema], promote_options="permissive")
                except FileNotFoundError:  # deleted, or moved away
                    has_gone = True
                    continue
                except (pa.ArrowException, OSError, ValueError) as error:
                    self._warn_once(path, error)
                    continue
                yield table

    def _warn_once(self, path: PurePosixPath, error: Exception) -> None:
        if path not in self._skipped:
            self._skipped.add(path)
            place = f"{self._files.name}/{path}"
            self._warn(f"{place}: not a file of the log, skipped: {get_first_line(error)}")

    def _list_files(self, folder: PurePosixPath, span: _Span) -> list[PurePosixPath]:
        days = [path for path, day in self._files.list_days(folder) if span.may_contain(day)]
        return [file for day in days for file in self._files.list_closed(day)]

    def _read_file(self, path: PurePosixPath, span: _Span, is_wanted: Predicate) -> pa.Table:
        # Without pyarrow's own partitioning, which would add the columns model, version and date.
        file = ds.dataset(
            self._files.locate(path),
            filesystem=self._files.filesystem,
            format="parquet",
            partitioning=None,
        )
        names = file.schema.names
        for name in (span.column, layout.REQUEST_ID, layout.ROW):
            if name not in names:
                raise ValueError(f"it has no column {name}")
        return file.to_table(columns=[*filter(is_wanted, names)], filter=span.to_filter())


def _select(schema: pa.Schema, is_wanted: Predicate) -> pa.Schema:
    return pa.schema([each for each in schema if is_wanted(each.name)])
