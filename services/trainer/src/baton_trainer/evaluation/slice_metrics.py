"""Metrics of each slice: a good mean may hide a weak category."""

from collections.abc import Iterable

import numpy as np

from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.slices import Slice, SliceMetrics


def compute_slice_metrics(outcome: Outcome, slices: Iterable[Slice]) -> tuple[SliceMetrics, ...]:
    """Computes the slices with enough rows, the weakest first; slices of equal rows are one."""
    same: dict[bytes, list[Slice]] = {}
    for each in slices:
        same.setdefault(np.packbits(each.rows).tobytes(), []).append(each)
    metrics = [outcome.compute_slice(each) for each in same.values()]
    return tuple(
        sorted(
            (each for each in metrics if each is not None),
            key=lambda each: -outcome.metric.compute_loss(each.quality),
        )
    )
