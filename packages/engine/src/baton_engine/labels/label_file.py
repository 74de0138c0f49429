"""Label files: encodes labels as Parquet, and writes them into a prediction log."""

import io
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field, RecordBatch, Schema
from arro3.io import write_parquet

from baton_common.atomic_file import write_atomic
from baton_common.prediction_log import (
    API_KEY,
    AT,
    LABEL,
    RECEIVED_AT,
    REQUEST_ID,
    ROW,
    SOURCE,
    SUFFIX,
    build_labels_folder,
)
from baton_engine.labels.label import Label

_TIME = DataType.timestamp("us", tz="UTC")
_TYPES = {
    RECEIVED_AT: _TIME,
    REQUEST_ID: DataType.string(),
    ROW: DataType.int32(),
    LABEL: DataType.string(),
    AT: _TIME,
    SOURCE: DataType.string(),
    API_KEY: DataType.string(),
}
"""The columns of a label file, in the order of the attributes of `Label`."""
_FILE_MODE, _FOLDER_MODE = 0o640, 0o750
"""The owner and the group may read, as all of the log."""
_SCHEMA = Schema([Field(name, kind) for name, kind in _TYPES.items()])


def encode_labels(labels: Sequence[Label]) -> bytes:
    """Encodes at least one label as a Parquet file."""
    columns = zip(*labels, strict=True)
    arrays = [
        _build_array(column, kind) for column, kind in zip(columns, _TYPES.values(), strict=True)
    ]
    file = io.BytesIO()
    write_parquet(RecordBatch.from_arrays(arrays, schema=_SCHEMA), file, compression="zstd(3)")
    return file.getvalue()


def _build_array(values: Sequence[object], kind: DataType) -> ArrowArray:
    if kind == _TIME:
        return ArrowArray(values, DataType.int64()).cast(kind)
    return ArrowArray(values, kind)


class LabelFile(NamedTuple):
    """A closed file of labels.

    Attributes:
        path: where it is.
        size: bytes.
        labels: what is in it.
    """

    path: Path
    size: int
    labels: Sequence[Label]


class LabelWriter:
    """Writes closed files of labels into a prediction log. Used from one thread at a time."""

    def __init__(self, root: Path, model: str) -> None:
        """Takes the folder of the log, which need not exist, and the name of the model."""
        self._root = root
        self._model = model
        self._process = secrets.token_hex(8)  # no other process writes the same names
        self._number = 0

    def write(self, labels: Sequence[Label]) -> list[LabelFile]:
        """Writes labels: one file for each day on which they arrived.

        A file appears complete or not at all. When this returns, it survives a crash of the
        machine.

        Args:
            labels: in the order of their arrival.

        Returns:
            The files, in the order of their days.

        Raises:
            OSError: a file cannot be written. Files of earlier days stay.
        """
        return [self._write_day(day.date(), [*group]) for day, group in groupby(labels, _get_day)]

    def _write_day(self, day: date, labels: Sequence[Label]) -> LabelFile:
        folder = self._root / build_labels_folder(self._model, day)
        _create_folder(folder)
        content = encode_labels(labels)
        path = folder / f"{self._process}-{self._number}{SUFFIX}"
        write_atomic(path, content, _FILE_MODE)
        _sync_folder(folder)
        self._number += 1
        return LabelFile(path, len(content), labels)


def _get_day(label: Label) -> datetime:
    moment = datetime.fromtimestamp(label.received_us // 1_000_000, UTC)
    return moment.replace(hour=0, minute=0, second=0)


def _create_folder(folder: Path) -> None:
    """Creates a folder and those above it so that a crash of the machine cannot undo it."""
    if folder.is_dir():
        return
    _create_folder(folder.parent)
    folder.mkdir(_FOLDER_MODE, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Writes the names in a folder to the disk: https://man7.org/linux/man-pages/man2/fsync.2.html."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
