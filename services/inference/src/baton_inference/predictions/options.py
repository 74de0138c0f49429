"""The options of the prediction log."""

from dataclasses import dataclass
from pathlib import Path

from baton_inference.settings import InferenceSettings


@dataclass(frozen=True)
class LogOptions:
    """What the log writes, where, and how much of it.

    Attributes:
        directory: the folder of the log. Several processes may share it.
        rows_per_s: the most rows per second that are kept on average.
        max_bytes: the most bytes of closed files in the folder.
        days: the days for which files are kept.
        columns: the features to log, unless they are private; None: all of them.
        key: the secret with which routing keys are hashed; None: they are not logged.
    """

    directory: Path
    rows_per_s: float = 100.0
    max_bytes: int = 2**30
    days: int = 30
    columns: frozenset[str] | None = None
    key: bytes | None = None


def build_options(settings: InferenceSettings) -> LogOptions | None:
    """Builds the options; None if the log is off."""
    directory, key = settings.predictions_dir, settings.predictions_key
    if directory is None:
        return None
    columns = settings.predictions_columns
    return LogOptions(
        directory=directory,
        rows_per_s=settings.predictions_rows_s,
        max_bytes=settings.predictions_max_bytes,
        days=settings.predictions_days,
        columns=None if columns is None else frozenset(columns),
        key=None if key is None else key.get_secret_value().encode(),
    )
