"""Reports folders of the log that fail: each of them once, until it recovers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

MAX_NAMED = 10
"""The most folders that a line names."""


class WarningLog(Protocol):
    """The part of a logger that is needed."""

    def warning(self, event: str, **facts: object) -> None:
        """Logs a warning."""


class FolderReport:
    """Knows which folders failed last time."""

    def __init__(self, log: WarningLog, event: str) -> None:
        """Takes the logger, and what a line says."""
        self._log = log
        self._event = event
        self._known = frozenset[Path]()

    def write(self, errors: Mapping[Path, OSError]) -> None:
        """Logs the folders that fail now and did not last time, in one line."""
        if new := sorted(errors.keys() - self._known):
            self._log.warning(
                self._event,
                folders=[*map(str, new[:MAX_NAMED])],
                count=len(new),
                reason=describe_error(errors[new[0]]),
            )
        self._known = frozenset(errors)


def describe_error(error: OSError) -> str:
    """Describes an error without its path."""
    return error.strerror or type(error).__name__
