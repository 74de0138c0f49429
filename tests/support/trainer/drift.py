"""Columns and reports of drift, for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from baton_trainer.monitoring.drift.column_drift import ColumnDrift, Kind
from baton_trainer.monitoring.drift.counters import MISSING, OTHER, Cells
from baton_trainer.monitoring.drift.drift_report import DriftReport
from baton_trainer.monitoring.drift.verdict import judge_columns

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


def make_column(
    name: str, before: Sequence[int], now: Sequence[int], kind: Kind = "column"
) -> ColumnDrift:
    """Makes a column of categories; the last two counts are those of other and missing ones."""
    listed = [f"{name} {number}" for number in range(len(before) - 2)]
    cells = Cells(
        (*listed, OTHER, MISSING),
        np.array(before),
        np.array(now),
        unseen=now[-2],
        unseen_before=before[-2],
        examples=("an unseen one",) if now[-2] else (),
    )
    return ColumnDrift(name, kind, cells, sum(before))


def make_report(*columns: ColumnDrift, rows: int = 1_000) -> DriftReport:
    """Makes the report of these columns."""
    return DriftReport(
        model="churn_model",
        version="3",
        at=NOW,
        since=NOW - timedelta(days=7),
        rows=rows,
        sampling=(0.25, 1.0),
        reference="profile.json",
        rows_before=5_616,
        columns=tuple(judge_columns(columns)),
        not_logged=("tenure",),
        private=("income",),
    )


SAME = make_column("same", [2_808, 2_808, 0, 0], [510, 490, 0, 0])
MOVED = make_column("moved", [2_808, 2_808, 0, 0], [700, 300, 0, 0])
FLIPPED = make_column("flipped", [5_000, 616, 0, 0], [300, 500, 200, 0])
