"""The counters of the prediction log."""

from dataclasses import dataclass


@dataclass
class LogCounts:
    """What became of rows and files since the start of the process; the log's thread writes.

    Attributes:
        written: rows in closed files.
        undone: rows that could not be written to the disk.
        unusable: rows that could not be converted.
        failures: failed attempts to write to the folder.
        removed_by_bytes: files that were removed because the folder was too large.
        removed_by_days: files that were removed because they were old.
    """

    written: int = 0
    undone: int = 0
    unusable: int = 0
    failures: int = 0
    removed_by_bytes: int = 0
    removed_by_days: int = 0
