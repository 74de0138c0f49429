"""The labels of a prediction log on this machine, within bounds of size and age."""

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from baton_common.prediction_log import LABELS, parse_partition
from baton_engine.labels.label import Label
from baton_inference.errors import NotStored
from baton_inference.lifecycle.clock import Clock

SHARE = 10
"""Labels may fill one tenth of the bytes of the prediction log: they are small, and never dropped
for newer ones."""
BLOCK_BYTES = 4096
"""A file takes whole blocks of the disk."""
SWEEP_INTERVAL_S = 60.0
LOG_INTERVAL_S = 60.0

log = structlog.get_logger("baton.feedback")


class LabelFolder:
    """Stores labels as closed files. Blocks; used from one thread at a time.

    Several processes may share the folder. Each measures all labels in it once a minute.
    """

    def __init__(self, root: Path, model: str, *, max_bytes: int, days: int, clock: Clock) -> None:
        """Wires the folder; touches no disk.

        Args:
            root: the folder of the prediction log.
            model: the registered model.
            max_bytes: the bytes of the whole prediction log.
            days: days after which labels are deleted, counted from their arrival.
            clock: the time.
        """
        # The import needs Arrow, which takes 30 MB: only processes with feedback load it.
        from baton_engine.labels.label_file import LabelWriter  # noqa: PLC0415

        self._folder = root / LABELS
        self._writer = LabelWriter(root, model)
        self._max_bytes = max_bytes // SHARE
        self._days = days
        self._clock = clock
        self._bytes = 0
        self._next_sweep_s = 0.0
        self._next_line_s = 0.0

    def store(self, labels: Sequence[Label]) -> None:
        """Writes labels to the disk. When this returns, they survive a crash of the machine.

        Raises:
            NotStored: the bound is reached, or the disk is full or refuses.
        """
        if self._clock.steady_s() >= self._next_sweep_s or self._is_full:
            self._sweep()
        if self._is_full:
            self._log("the limit of the labels is reached")
            raise NotStored(
                "the labels reached their limit on disk; "
                "run baton predictions push, or raise BATON_PREDICTIONS_MAX_BYTES"
            )
        try:
            self._bytes += round_to_blocks(self._writer.write(labels))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._log(reason)
            raise NotStored(f"the labels cannot be written: {reason}; retry later") from error

    @property
    def _is_full(self) -> bool:
        return self._bytes >= self._max_bytes

    def _sweep(self) -> None:
        """Deletes the labels that are too old, and measures the others."""
        oldest = datetime.fromtimestamp(self._clock.posix_s(), UTC).date()
        oldest -= timedelta(days=self._days)
        self._bytes = 0
        for folder in [*self._folder.glob("model=*/date=*")]:
            day = _find_day(folder)
            if day is not None and day < oldest:
                shutil.rmtree(folder, ignore_errors=True)
            self._bytes += sum(map(round_to_blocks, _list_sizes(folder)))
        self._next_sweep_s = self._clock.steady_s() + SWEEP_INTERVAL_S

    def _log(self, reason: str) -> None:
        """Logs a failure, at most once a minute."""
        now_s = self._clock.steady_s()
        if now_s >= self._next_line_s:
            self._next_line_s = now_s + LOG_INTERVAL_S
            log.error("labels cannot be stored", reason=reason)


def round_to_blocks(size: int) -> int:
    """Rounds bytes up to whole blocks."""
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES


def _find_day(folder: Path) -> date | None:
    try:
        return date.fromisoformat(parse_partition(folder.name)[1])
    except ValueError:
        return None


def _list_sizes(folder: Path) -> Iterator[int]:
    """Lists the sizes of the files in a folder. Other processes delete some at the same time."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    yield entry.stat(follow_symlinks=False).st_size
                except FileNotFoundError:
                    continue
    except (FileNotFoundError, NotADirectoryError):
        return
