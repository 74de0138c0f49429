"""Reads the keys of the prediction log."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import IO, TYPE_CHECKING

from arro3.core import DataType, RecordBatch

from baton_cli.dataset.location import Location, explain_storage_errors
from baton_cli.errors import CommandFailed, build_missing_extra_error
from baton_cli.predictions.matching import Prediction
from baton_common.prediction_log import (
    KEY,
    REQUEST_ID,
    ROW,
    SUFFIX,
    TIME,
    build_predictions_folder,
    parse_partition,
)
from baton_common.texts import get_first_line, truncate
from baton_engine.tables.panics import convert_panics
from baton_engine.tables.parquet_reader import open_parquet

if TYPE_CHECKING:  # an optional dependency, which a folder on this machine does not need
    from fsspec import AbstractFileSystem

BATCH_ROWS = 16_384

Warn = Callable[[str], object]


def scan_predictions(
    log: Location, model: str, span_us: tuple[int, int], warn: Warn
) -> Iterator[list[Prediction]]:
    """Reads the predictions of a model that have a key, of all versions.

    Args:
        log: the folder of the log, or its URL.
        model: the registered model.
        span_us: the first and last time that matter: files of other days are not read.
        warn: takes one line about each damaged file, which is skipped.

    Raises:
        CommandFailed: the log cannot be listed or read.
    """
    first, last = (_get_day(each) for each in span_us)
    for location in list_files(log, model):
        day = _find_day(location)
        # A file that was begun before midnight may have rows of the next day.
        if day is not None and first - timedelta(days=1) <= day <= last:
            yield from _read_file(location, warn)


def list_files(log: Location, model: str) -> list[Location]:
    """Lists the closed files of a model's predictions, sorted. Raises `CommandFailed`."""
    folder = build_predictions_folder(model, "1", date.min).parts[0]
    pattern = f"{folder}/version=*/date=*/*{SUFFIX}"
    with explain_storage_errors("read", log):
        if log.is_local:
            if not log.path.is_dir():
                raise CommandFailed(
                    f"there is no folder {log}; name the prediction log: --from DIR"
                )
            return [Location(str(path)) for path in sorted(log.path.glob(pattern))]
        filesystem, path = _open_filesystem(log)
        names = filesystem.glob(f"{path}/{pattern}")
        return [log.append(name[len(path) + 1 :]) for name in sorted(names)]


def _open_filesystem(location: Location) -> "tuple[AbstractFileSystem, str]":
    try:
        return location.open_filesystem()
    except ModuleNotFoundError as error:
        raise build_missing_extra_error("dask", error) from error


def _read_file(location: Location, warn: Warn) -> Iterator[list[Prediction]]:
    with explain_storage_errors("read", location):
        file = _open_file(location)
    with file:
        try:
            with convert_panics():
                reader = open_parquet(file, BATCH_ROWS)
                for batch in reader:
                    yield _read_batch(batch)
        except Exception as error:  # noqa: BLE001 - the library has no error class of its own
            warn(f"skipped {location}: {truncate(get_first_line(error))}")


def _open_file(location: Location) -> IO[bytes]:
    if location.is_local:
        return location.path.open("rb")
    filesystem, path = _open_filesystem(location)
    return io.BytesIO(filesystem.cat_file(path))


def _read_batch(batch: RecordBatch) -> list[Prediction]:
    """Returns the rows that have a key."""
    times = batch.column(TIME).cast(DataType.timestamp("us", tz="UTC")).cast(DataType.int64())
    columns = (batch.column(KEY), times, batch.column(REQUEST_ID), batch.column(ROW))
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [Prediction(*row) for row in rows if row[0] is not None]


def _find_day(location: Location) -> date | None:
    """Returns the day that the folder of a file names."""
    try:
        return date.fromisoformat(parse_partition(location.text.split("/")[-2])[1])
    except ValueError:
        return None


def _get_day(time_us: int) -> date:
    return datetime.fromtimestamp(max(time_us, 0) // 1_000_000, UTC).date()
