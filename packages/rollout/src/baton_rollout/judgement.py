"""Judges the counts of pairs by the limits: the evidence of harm in each signal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, fsum, log

from baton_rollout.evidence import average_evidence, log_evidence
from baton_rollout.interval import find_interval
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import Histogram, PairCounts
from baton_rollout.signals import GRID, Range, Signal, get_bounds

ABORT_ODDS = 125.0
"""Evidence of all processes at which a rollout is aborted: five signals, 4 % false aborts."""
TRIP_ODDS = 10_000.0
"""Evidence of one process at which it stops routing to the canary."""
HOLD_ODDS = 10.0
"""Evidence at which a rollout takes no further step."""
LEAST_PAIRS = 20
"""Fewer pairs of a signal decide nothing.

One failure on the first pair is evidence of 159 : 1. That is sound, and no reader would understand
it. Waiting only makes false aborts rarer.
"""

_MAX_LOG = 700.0  # exp(710) is too large for a float


@dataclass(frozen=True)
class SignalJudgement:
    """The judgement of one signal.

    Attributes:
        signal: the signal.
        values: how often each value occurred.
        limit: the least and the greatest mean allowed.
        log_evidence: the natural logarithm of the odds that the mean is beyond its limit; `score`:
            of all classes or outputs together.
        decides: whether its evidence may hold a step, abort the rollout, or trip the canary. False
            with fewer than `LEAST_PAIRS` pairs. Also for labels and scores if a change is expected:
            they are shown, and stop nothing.
        output: `score`: the class or output with the most evidence; the figures are its own.
    """

    signal: Signal
    values: Mapping[float, int]
    limit: Range
    log_evidence: float
    decides: bool
    output: str | None = None

    @property
    def pairs(self) -> int:
        """The number of pairs of this signal; of `slower`, of timed batches."""
        return sum(self.values.values())

    @property
    def mean(self) -> float | None:
        """The mean of the values; None without pairs."""
        total = fsum(value * count for value, count in self.values.items())
        return total / self.pairs if self.pairs else None

    @cached_property
    def interval(self) -> Range:
        """The 95 % interval of the mean, valid at all times; it takes about a millisecond."""
        return find_interval(self.values, *get_bounds(self.signal))

    @property
    def odds(self) -> float:
        """The evidence as odds to 1; finite, so that it can be written as JSON."""
        return exp(min(self.log_evidence, _MAX_LOG))


def judge(counts: PairCounts, limits: Limits) -> tuple[SignalJudgement, ...]:
    """Judges all signals, in the order of `SIGNALS`.

    It takes some tens of microseconds; a millisecond if ten classes differ widely.
    """
    failures = {0.0: counts.pairs - counts.failures, 1.0: counts.failures}
    slower = {0.0: counts.timed - counts.slower, 1.0: counts.slower}
    other_label = {0.0: counts.compared - counts.other_labels, 1.0: counts.other_labels}
    quality = _read_histogram(counts.quality)
    return (
        _judge_one("failures", failures, (0.0, limits.failures)),
        _judge_one("slower", slower, (0.0, limits.slower)),
        _judge_behaviour("other_label", other_label, (0.0, limits.other_label), limits),
        _judge_score(counts, limits),
        _judge_one("quality", quality, (-1.0, limits.quality)),
    )


def find_harm(judgements: Iterable[SignalJudgement], odds: float) -> SignalJudgement | None:
    """Finds the signal with the most evidence of those that decide and reach the odds."""
    harmful = [each for each in judgements if each.decides and each.log_evidence >= log(odds)]
    return max(harmful, key=lambda each: each.log_evidence, default=None)


def _judge_score(counts: PairCounts, limits: Limits) -> SignalJudgement:
    """Judges the scores together; the figures are of the output with the most evidence."""
    if not counts.score:
        return _judge_behaviour("score", {}, limits.get_score_range(""), limits)
    outputs = [
        replace(
            _judge_behaviour(
                "score", _read_histogram(histogram), limits.get_score_range(output), limits
            ),
            output=output,
        )
        for output, histogram in counts.score.items()
    ]
    worst = max(outputs, key=lambda each: each.log_evidence)
    return replace(worst, log_evidence=average_evidence(each.log_evidence for each in outputs))


def _judge_behaviour(
    signal: Signal, values: Mapping[float, int], limit: Range, limits: Limits
) -> SignalJudgement:
    """Judges a signal that decides nothing if the canary is meant to answer otherwise."""
    judgement = _judge_one(signal, values, limit)
    return replace(judgement, decides=judgement.decides and not limits.expects_change)


def _judge_one(signal: Signal, values: Mapping[float, int], limit: Range) -> SignalJudgement:
    evidence = _compute_evidence(values, get_bounds(signal), limit)
    return SignalJudgement(signal, values, limit, evidence, sum(values.values()) >= LEAST_PAIRS)


def _compute_evidence(values: Mapping[float, int], bounds: Range, limit: Range) -> float:
    """Computes the evidence that the mean is above the range or, if it has a lower end, below."""
    (least, most), (low, high) = bounds, limit
    above = log_evidence(values, high, least)
    if low <= least:
        return above
    below = log_evidence({-value: count for value, count in values.items()}, -low, -most)
    return average_evidence((above, below))


def _read_histogram(histogram: Histogram) -> dict[float, int]:
    return {value: count for value, count in zip(GRID, histogram, strict=True) if count}
