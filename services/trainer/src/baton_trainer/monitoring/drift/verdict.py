"""Decides which columns have drifted: surely, and enough."""

from collections.abc import Sequence
from dataclasses import replace

from scipy.stats import false_discovery_control

from baton_trainer.monitoring.drift.column_drift import ColumnDrift, Level
from baton_trainer.monitoring.drift.shift import SIGNIFICANCE, measure_shift

MIN_ROWS = 300
"""With fewer rows in the log there is no verdict."""
MODERATE, LARGE = 0.1, 0.25
"""The usual limits of the population stability index."""


def judge_columns(columns: Sequence[ColumnDrift]) -> list[ColumnDrift]:
    """Decides how much each column has drifted, all of one report together.

    A column has drifted if its difference is significant, with at most `SIGNIFICANCE` false
    discoveries over all columns (Benjamini and Hochberg 1995), and if its index is at least
    `MODERATE`. Of many rows a tiny difference is significant, and of few rows a large one may be
    chance.

    Returns:
        the columns, the worst first: first the drifted ones by index, then the others.
    """
    tested = [each for each in columns if _can_be_tested(each)]
    shifts = [measure_shift(each.cells.before, each.cells.now, len(tested)) for each in tested]
    adjusted = false_discovery_control([each.p_value for each in shifts]) if shifts else []
    judged = [
        replace(column, shift=shift, adjusted=float(p), level=choose_level(shift.psi, float(p)))
        for column, shift, p in zip(tested, shifts, adjusted, strict=True)
    ]
    untested = [each for each in columns if not _can_be_tested(each)]
    return sorted([*judged, *untested], key=_rank)


def choose_level(psi: float, adjusted: float) -> Level:
    """Chooses the level of an index and an adjusted p-value."""
    if adjusted > SIGNIFICANCE or psi < MODERATE:
        return "none"
    return "large" if psi >= LARGE else "moderate"


def _can_be_tested(column: ColumnDrift) -> bool:
    return not column.is_private and column.rows >= MIN_ROWS and bool(column.cells.before.sum())


def _rank(column: ColumnDrift) -> tuple[bool, float]:
    return not column.has_drifted, -(column.shift.psi if column.shift else 0.0)
