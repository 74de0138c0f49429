"""The labels of a prediction log on this machine, within a bound of size."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from baton_engine.labels.label import Label
from baton_inference.errors import NotStored
from baton_inference.lifecycle.clock import Clock
from baton_inference.predictions.files.folder_report import FolderReport, describe_error
from baton_inference.predictions.files.listing import Listing

SHARE = 10
"""Labels may fill one tenth of the bytes of the prediction log: they are small, and never dropped
for newer ones."""
MEASURE_INTERVAL_S = 60.0
LOG_INTERVAL_S = 60.0

log = structlog.get_logger("baton.feedback")


class LabelFolder:
    """Stores labels as closed files. Blocks; used from one thread at a time.

    Several processes may share the folder, and files of labels come into it. Each process measures
    all labels in it once a minute. The prediction log removes the old ones.
    """

    def __init__(self, root: Path, model: str, *, max_bytes: int, clock: Clock) -> None:
        """Wires the folder; touches no disk.

        Args:
            root: the folder of the prediction log.
            model: the registered model.
            max_bytes: the bytes of the whole prediction log.
            clock: the time.
        """
        # The import needs Arrow, which takes 30 MB: only processes with feedback load it.
        from baton_engine.labels.label_file import LabelWriter  # noqa: PLC0415
        from baton_inference.feedback.label_merger import LabelMerger  # noqa: PLC0415

        self._root = root
        self._merger = LabelMerger(LabelWriter(root, model))
        self._max_bytes = max_bytes // SHARE
        self._clock = clock
        self._bytes = 0
        self._next_measure_s = 0.0
        self._next_line_s = 0.0
        self._report = FolderReport(
            log, "folders of labels cannot be measured; their labels do not count"
        )

    def store(self, labels: Sequence[Label]) -> None:
        """Writes labels to the disk. When this returns, they survive a crash of the machine.

        Raises:
            NotStored: the bound is reached, or the disk is full or refuses.
        """
        if self._clock.steady_s() >= self._next_measure_s:
            self._measure()
        if self._is_full:
            self._log("the limit of the labels is reached")
            raise NotStored(
                "the labels reached their limit on disk; "
                "run baton predictions push, or raise BATON_PREDICTIONS_MAX_BYTES"
            )
        try:
            self._bytes += self._merger.write(labels)
        except OSError as error:
            reason = describe_error(error)
            self._log(reason)
            raise NotStored(f"the labels cannot be written: {reason}; retry later") from error

    @property
    def _is_full(self) -> bool:
        return self._bytes >= self._max_bytes

    def _measure(self) -> None:
        """Adds up the labels of all processes and days; those that cannot be read do not count."""
        listing = Listing(self._root)
        self._bytes = listing.measure_labels()
        self._report.write(listing.errors)
        self._next_measure_s = self._clock.steady_s() + MEASURE_INTERVAL_S

    def _log(self, reason: str) -> None:
        """Logs a failure, at most once a minute."""
        now_s = self._clock.steady_s()
        if now_s >= self._next_line_s:
            self._next_line_s = now_s + LOG_INTERVAL_S
            log.error("labels cannot be stored", reason=reason)
