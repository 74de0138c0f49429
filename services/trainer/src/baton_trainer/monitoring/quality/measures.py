"""The metrics of live rows, with 95 % intervals: those that training measures on held-out rows.

Calibration of two classes is measured twice: `ece`, which training has too, and the intercept and
slope of `calibration.py`, which have intervals.

Rows are not weighted by the share that the log kept. The share follows the load and not the rows,
so busy hours count less than they should, but all versions alike. Weights of 1/share would make few
rows decide, and the evidence needs bounded numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from baton_trainer.evaluation.classes import metrics
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.intervals import compute_intervals
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.monitoring.quality import calibration

CLASS_METRICS = ("roc_auc", "brier", "log_loss", "ece")
VALUE_METRICS = ("rmse", "mae", "bias")
INTERCEPT, SLOPE = "calibration_intercept", "calibration_slope"
MIN_ROWS = 10
"""With fewer rows, or fewer of a class, draws hardly vary, and there are no intervals."""

_SEED = 0

_Row = tuple[str, float, float | None, float | None]
"""A metric's name, its value, and its interval."""


@dataclass(frozen=True)
class Figure:
    """A metric of live rows.

    Attributes:
        value: its value.
        low: the lower end of its 95 % interval; None if there is none.
        high: the upper end.
        training: its value on the held-out rows of the training; None if it is not known.
    """

    value: float
    low: float | None = None
    high: float | None = None
    training: float | None = None


def measure(outcome: Outcome, training: Mapping[str, float]) -> dict[str, Figure]:
    """Measures an outcome.

    Args:
        outcome: of at least one row.
        training: the metrics of the training's run, by name.

    Returns:
        the figures by the name of their metric. Without rows of each class there is no `roc_auc`.
    """
    return {
        name: Figure(value, low, high, training.get(f"test_{name}"))
        for name, value, low, high in _list_figures(outcome)
    }


def _list_figures(outcome: Outcome) -> Iterator[_Row]:
    if not isinstance(outcome, ClassOutcome):
        yield from _list_with_intervals(outcome, VALUE_METRICS)
    elif len(np.unique(outcome.truth)) < len(outcome.classes):
        yield "brier", float(metrics.compute_brier_scores(outcome).mean()), None, None
        yield "log_loss", float(metrics.compute_log_losses(outcome).mean()), None, None
    else:
        yield from _list_with_intervals(outcome, CLASS_METRICS)
        if outcome.is_binary:
            yield from _list_calibration(outcome)


def _list_with_intervals(outcome: Outcome, names: Sequence[str]) -> Iterator[_Row]:
    values = outcome.compute_metrics()
    has_enough = np.bincount(outcome.strata).min() >= MIN_ROWS
    intervals = compute_intervals(outcome, _SEED) if has_enough else {}
    for name in names:
        low, high = intervals.get(name, (None, None))
        yield name, values[name], low, high


def _list_calibration(outcome: ClassOutcome) -> Iterator[_Row]:
    truth, scores = outcome.indicator[:, 0].astype(np.float64), outcome.scores[:, 0]
    for name, estimate in (
        (INTERCEPT, calibration.estimate_intercept(truth, scores)),
        (SLOPE, calibration.estimate_slope(truth, scores)),
    ):
        if estimate is not None:
            yield name, *estimate
