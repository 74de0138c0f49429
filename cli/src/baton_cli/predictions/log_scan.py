"""Reads the keys of the prediction log."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from arro3.core import DataType, RecordBatch

from baton_cli.predictions.closed_files import Warn, find_day, list_predictions, read_file
from baton_cli.predictions.matching import Prediction
from baton_cli.storage_location import StorageLocation
from baton_common.prediction_log import KEY, REQUEST_ID, ROW, TIME


def scan_predictions(
    log: StorageLocation, model: str, span_us: tuple[int, int], warn: Warn
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
    for location in list_predictions(log, model):
        day = find_day(location)
        if day is not None and first <= day <= last:
            yield from read_file(location, _read_batch, warn)


def _read_batch(batch: RecordBatch) -> list[Prediction]:
    """Returns the rows that have a key, and whatever else names a prediction."""
    times = batch.column(TIME).cast(DataType.timestamp("us", tz="UTC")).cast(DataType.int64())
    columns = (batch.column(KEY), times, batch.column(REQUEST_ID), batch.column(ROW))
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return [Prediction(*row) for row in rows if None not in row]


def _get_day(time_us: int) -> date:
    return datetime.fromtimestamp(max(time_us, 0) // 1_000_000, UTC).date()
