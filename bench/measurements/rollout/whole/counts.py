"""Cumulative counts of the pairs of one replica, and the evidence in them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_rollout.judgement import LEAST_PAIRS
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.signals import GRID
from bench.measurements.rollout.wealth import (
    Floats,
    Ints,
    build_log_factors,
    compute_log_mean,
    compute_share_evidence,
)
from bench.measurements.rollout.whole.rows import Rows


@dataclass(frozen=True)
class TickCounts:
    """Cumulative counts of a replica's rows after each tick.

    Attributes:
        totals: pairs, failures, compared, other labels, timed, slower; shape `[ticks + 1, 6]`.
        score: shape `[ticks + 1, 41]`.
        quality: shape `[ticks + 1, 41]`.
    """

    totals: Ints
    score: Ints
    quality: Ints

    @classmethod
    def count(cls, rows: Rows, ticks: int) -> "TickCounts":
        """Counts rows."""
        compared = ~rows.fails
        flags = (
            np.ones_like(rows.fails),
            rows.fails,
            compared,
            compared & rows.has_other_label,
            rows.is_timed,
            rows.is_timed & rows.is_slower,
        )
        totals = np.stack([np.bincount(rows.tick[each], minlength=ticks) for each in flags], axis=1)
        score = _count_grid(rows.tick, rows.score, compared, ticks)
        quality = _count_grid(rows.tick, rows.quality, compared & rows.is_labelled, ticks)
        return cls(*map(_accumulate, (totals, score, quality)))

    def between(self, first: int, last: int) -> PairCounts:
        """Returns the counts of the ticks from `first` to before `last`."""
        pairs, failures, compared, other_labels, timed, slower = (
            self.totals[last] - self.totals[first]
        ).tolist()
        score = tuple((self.score[last] - self.score[first]).tolist())
        quality = tuple((self.quality[last] - self.quality[first]).tolist())
        score_of = {"Yes": score}
        return PairCounts(pairs, failures, compared, other_labels, timed, slower, score_of, quality)

    def find_greatest_evidence(self, first: int, last: int, limits: Limits) -> Floats:
        """Finds the log evidence of the worst signal of the ticks from `first` to before each.

        Returns:
            shape `[last - first]`; the element `i` is of `between(first, first + i + 1)`.
        """
        totals = self.totals[first + 1 : last + 1] - self.totals[first]
        pairs, failures, compared, others, timed, slower = totals.T
        score, quality = (
            each[first + 1 : last + 1] - each[first] for each in (self.score, self.quality)
        )
        evidence = (
            (pairs, compute_share_evidence(failures, pairs, limits.failures)),
            (compared, compute_share_evidence(others, compared, limits.other_label)),
            (timed, compute_share_evidence(slower, timed, limits.slower)),
            (compared, _compute_grid_evidence(score, limits.get_score_range("Yes"))),
            (quality.sum(axis=1), _compute_grid_evidence(quality, (-1.0, limits.quality))),
        )
        return np.asarray(
            np.max([np.where(n < LEAST_PAIRS, -np.inf, each) for n, each in evidence], axis=0)
        )


def _compute_grid_evidence(histograms: Ints, limit: tuple[float, float]) -> Floats:
    return compute_log_mean(histograms @ build_log_factors(*limit))


def _count_grid(tick: Ints, index: Ints, counts: NDArray[np.bool_], ticks: int) -> Ints:
    cell = tick[counts] * len(GRID) + index[counts]
    return np.bincount(cell, minlength=ticks * len(GRID)).reshape(ticks, len(GRID))


def _accumulate(counts: Ints) -> Ints:
    return np.vstack([np.zeros_like(counts[:1]), np.cumsum(counts, axis=0)])
