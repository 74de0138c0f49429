"""Closed files of a prediction log: lists them, and reads their rows."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import IO, TYPE_CHECKING, TypeVar

from arro3.core import RecordBatch

from baton_cli.errors import CommandFailed, build_missing_extra_error
from baton_cli.storage_location import StorageLocation, explain_storage_errors
from baton_common.prediction_log import (
    SUFFIX,
    get_labels_folder,
    get_model_folder,
    parse_partition,
)
from baton_common.texts import get_first_line, truncate
from baton_engine.tables.arrow.panics import convert_panics
from baton_engine.tables.arrow.parquet_reader import open_parquet

if TYPE_CHECKING:  # an optional dependency, which a folder on this machine does not need
    from fsspec import AbstractFileSystem

BATCH_ROWS = 4_096
"""As Python objects they take 5 MB."""

Warn = Callable[[str], object]
T = TypeVar("T")


def list_predictions(log: StorageLocation, model: str, version: str = "*") -> list[StorageLocation]:
    """Lists the closed files of a model's predictions, sorted: of one version, or of all.

    Raises:
        CommandFailed: the log cannot be listed.
    """
    return _list_files(log, f"{get_model_folder(model)}/version={version}/date=*/*{SUFFIX}")


def list_labels(log: StorageLocation, model: str) -> list[StorageLocation]:
    """Lists the closed files of a model's labels, sorted. Raises `CommandFailed`."""
    return _list_files(log, f"{get_labels_folder(model)}/date=*/*{SUFFIX}")


def find_day(location: StorageLocation) -> date | None:
    """Returns the day that the folder of a file names; None if it names none."""
    try:
        return date.fromisoformat(parse_partition(location.text.split("/")[-2])[1])
    except ValueError:
        return None


def read_file(
    location: StorageLocation, convert: Callable[[RecordBatch], T], warn: Warn
) -> Iterator[T]:
    """Reads a file batch by batch. A file that was removed after it was listed has no rows.

    Inference removes old files, and merges small files of labels.

    Args:
        location: the file.
        convert: reads a batch; it fails if the batch has other columns.
        warn: takes one line about a damaged file; the rest of it is skipped.

    Raises:
        CommandFailed: the file cannot be opened.
    """
    with explain_storage_errors("read", location):
        try:
            file = _open_file(location)
        except FileNotFoundError:
            return
    with file:
        try:
            with convert_panics():
                for batch in open_parquet(file, BATCH_ROWS):
                    yield convert(batch)
        except Exception as error:  # noqa: BLE001 - the library has no error class of its own
            warn(f"skipped {location}: {truncate(get_first_line(error))}")


def _list_files(log: StorageLocation, pattern: str) -> list[StorageLocation]:
    with explain_storage_errors("read", log):
        if log.is_local:
            if not log.path.is_dir():
                raise CommandFailed(
                    f"there is no folder {log}; name the prediction log: --from DIR"
                )
            return [StorageLocation(str(path)) for path in sorted(log.path.glob(pattern))]
        filesystem, path = _open_filesystem(log)
        names = filesystem.glob(f"{path}/{pattern}")
        return [log.append(name[len(path) + 1 :]) for name in sorted(names)]


def _open_file(location: StorageLocation) -> IO[bytes]:
    if location.is_local:
        return location.path.open("rb")
    filesystem, path = _open_filesystem(location)
    return io.BytesIO(filesystem.cat_file(path))


def _open_filesystem(location: StorageLocation) -> "tuple[AbstractFileSystem, str]":
    try:
        return location.open_filesystem()
    except ModuleNotFoundError as error:
        raise build_missing_extra_error("dask", error) from error
