"""Reads a file as CSV or Parquet, by its first bytes; rejects other formats by name."""

from pathlib import Path

from baton_common.locations import Location
from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE, ReaderRule
from baton_trainer.errors import DataError
from baton_trainer.request import Data
from baton_trainer.tables.files import csv_file, parquet_file
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.files.remote_file import fetch

_SAVE = "save the table as CSV or Parquet"
_UNPACK = "unpack it first"
_OTHERS = {  # https://en.wikipedia.org/wiki/List_of_file_signatures
    b"PK\x03\x04": ("a zip archive or an Excel workbook", _SAVE),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", _SAVE),
    b"\x1f\x8b": ("compressed with gzip", _UNPACK),
    b"BZh": ("compressed with bzip2", _UNPACK),
    b"\xfd7zXZ": ("compressed with xz", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("compressed with Zstandard", _UNPACK),
    b"7z\xbc\xaf": ("a 7-Zip archive", _UNPACK),
    b"ARROW1": ("an Arrow file", _SAVE),
    b"\x89HDF": ("an HDF5 file", _SAVE),
    b"SQLite format 3": ("an SQLite database", _SAVE),
    b"%PDF": ("a PDF document", _SAVE),
}


def read(location: Location, options: Data, rule: ReaderRule = TRIM_WHITE_SPACE) -> DataFile:
    """Reads a CSV or Parquet file.

    Args:
        location: the file's path or URL.
        options: the user's options; the rest is detected.
        rule: how to read the cells of a CSV file.

    Raises:
        DataError: the file cannot be read, or has another format.
    """
    content = fetch(location) if isinstance(location, str) else _read_bytes(location)
    name = str(location)
    if content.startswith(parquet_file.MAGIC):
        return parquet_file.parse(content, name)
    for magic, (kind, advice) in _OTHERS.items():
        if content.startswith(magic):
            raise DataError(f"{name}: the file is {kind}, not CSV or Parquet; {advice}")
    return csv_file.parse(content, name, options, rule)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError(f"{path}: {reason}; name a CSV or Parquet file that can be read") from error
