"""A prediction log with labels, and the counter of a rollout that reads it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from baton_cli.predictions import labelled_pairs
from baton_cli.predictions.labelled_pairs import LabelledPairs
from baton_cli.storage_location import StorageLocation
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from baton_rollout.signals import GRID
from tests.support.trainer.prediction_log import NOON, MadeLog

MODEL = "m"
TIME = NOON + timedelta(hours=1)


class Counter:
    """The counter of one rollout: version 2 beside version 1, started at noon."""

    def __init__(self, folder: Path, scale: float | None = None) -> None:
        self.log = MadeLog(folder, MODEL)
        self.warnings: list[str] = []
        self.errors: list[Exception] = []
        self._scale = scale
        self._now = TIME
        self.record = start("token")
        self.pairs = LabelledPairs(
            StorageLocation(str(folder)), MODEL, self._find_scale, self.warnings.append
        )

    def _find_scale(self, record: Record) -> float | None:
        if self.errors:
            raise self.errors.pop(0)
        return self._scale

    def count(self, after_s: float = labelled_pairs.POLL_INTERVAL_S) -> PairCounts:
        self._now += timedelta(seconds=after_s)
        return self.pairs.count(self.record, self._now)

    def read(self) -> tuple[int, float]:
        """The number of labelled pairs, and their mean difference on the grid."""
        histogram = self.count().quality
        rows = sum(histogram)
        total = sum(value * n for value, n in zip(GRID, histogram, strict=True))
        return rows, total / max(rows, 1)


def start(token: str, against: str = "1") -> Record:
    plan = Plan(
        token=token,
        version="2",
        alias="production",
        by="ann",
        reason="",
        started_at=NOON,
        limits=Limits(),
    )
    return Record.create(plan, against)


def pair(own: float, other: float, other_version: str, **more: Any) -> dict[str, Any]:
    """A row with the probabilities of `yes` that both versions gave."""
    answers = {
        f"{prefix}{name}": value
        for prefix, yes in (("", own), ("other_", other))
        for name, value in (("label", "no"), ("probability_no", 1 - yes), ("probability_yes", yes))
    }
    return {**answers, "other_version": other_version, **more}


def name_rows(prefix: str, rows: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(rows)]


def label(counter: Counter, ids: list[str], text: str, **more: Any) -> None:
    counter.log.add_labels([{"request_id": each, "label": text, **more} for each in ids])
