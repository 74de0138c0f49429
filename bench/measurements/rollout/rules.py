"""Rules that judge a recorded hour: Baton's, and those of other projects.

Each returns the minute of the abort of each hour, or infinity. Baton and the z-test see pairs.
Flagger and Kayenta compare crowds, so they get the canary on one half of the rows and production on
the other. Their parameters are those that their documentation proposes.
"""

from collections.abc import Callable, Mapping
from math import log

import numpy as np
from scipy.stats import norm

from baton_rollout.judgement import ABORT_ODDS, LEAST_PAIRS
from baton_rollout.limits import Limits
from baton_rollout.signals import GRID
from bench.measurements.rollout.hours import ROWS_A_MINUTE, Hours
from bench.measurements.rollout.streams import find_first
from bench.measurements.rollout.wealth import (
    NEVER,
    Floats,
    Ints,
    build_log_factors,
    compute_log_mean,
    find_abort_counts,
)

Rule = Callable[[Hours, np.random.Generator], Floats]

_LIMITS = Limits()
_SCORE_LIMIT = _LIMITS.get_score_range("")
_LOOK = LEAST_PAIRS  # rows between two looks

FLAGGER_SUCCESS = 0.99
"""Flagger: `thresholdRange.min: 99` of the metric `request-success-rate`, interval 1m."""
KAYENTA_CONFIDENCE = 0.98
KAYENTA_FRACTION = 0.25
"""Kayenta's `MannWhitneyClassifier`: the interval must be beyond a quarter of the estimate."""
KAYENTA_MINUTES = 10
Z = float(norm.ppf(0.95))


def judge_by_evidence(hours: Hours, rng: np.random.Generator) -> Floats:
    """Baton: 125 : 1, looked at after every 20 pairs."""
    difference = _flatten(hours.canary - hours.production)
    if hours.kind == "failures":
        ones = np.cumsum(difference > 0, axis=1)
        counts = find_abort_counts(_LIMITS.failures, difference.shape[1], ABORT_ODDS)
        return _to_minutes(find_first((ones >= counts)[:, _LOOK - 1 :: _LOOK]))
    factors = build_log_factors(*_SCORE_LIMIT)
    return _to_minutes(np.concatenate([_judge_scores(each, factors, rng) for each in difference]))


def _judge_scores(difference: Floats, factors: Floats, rng: np.random.Generator) -> Ints:
    position = (np.clip(difference, -1, 1) + 1) * (len(GRID) - 1) / 2
    below = position.astype(np.int64)
    values = below + (rng.random(len(position)) < position - below)
    looks = factors[values].reshape(-1, _LOOK, factors.shape[1]).sum(axis=1)
    evidence = compute_log_mean(np.cumsum(looks, axis=0))
    return find_first((evidence >= log(ABORT_ODDS))[None])


def judge_by_z_test(hours: Hours, _: np.random.Generator) -> Floats:
    """A one-sided z-test of the paired mean at 5 %, looked at after every 20 pairs.

    It waits for 5 failures to be expected, or for 30 scores, as textbooks ask.
    """
    difference = _flatten(hours.canary - hours.production)
    rows = np.arange(1, difference.shape[1] + 1)
    mean = np.cumsum(difference, axis=1) / rows
    if hours.kind == "failures":
        limit, least = _LIMITS.failures, 5 / _LIMITS.failures
        deviation = np.sqrt(np.full_like(mean, limit * (1 - limit)))
    else:
        limit, least = _SCORE_LIMIT[1], 30
        variance = np.cumsum(difference**2, axis=1) / rows - mean**2
        deviation = np.sqrt(np.maximum(variance, 0))
    alarms = (mean - limit) * np.sqrt(rows) > Z * deviation
    alarms[:, rows < least] = False
    return _to_minutes(find_first(alarms[:, _LOOK - 1 :: _LOOK]))


def judge_by_flagger(hours: Hours, failed_checks: int) -> Floats:
    """Flagger: the canary's success rate of each minute; so many failed checks roll back.

    Source: fluxcd/flagger, `pkg/controller/scheduler.go` and `scheduler_metrics.go`. Failed checks
    add up over the analysis. The metric does not look at scores.
    """
    if hours.kind != "failures":
        return np.full(len(hours.canary), np.inf)
    success = 1 - hours.canary[:, :, 1::2].mean(axis=2)
    failed = np.cumsum(success < FLAGGER_SUCCESS, axis=1)
    return _to_infinity(find_first(failed >= failed_checks))


def judge_by_kayenta(hours: Hours, _: np.random.Generator) -> Floats:
    """Kayenta: the Mann-Whitney interval of the minutes' means, every 10 minutes from the start.

    Source: spinnaker/kayenta, `MannWhitneyClassifier.scala` and `MannWhitney.scala`.
    """
    control = hours.production[:, :, ::2].mean(axis=2)
    experiment = hours.canary[:, :, 1::2].mean(axis=2)
    alarms = []
    for minutes in range(KAYENTA_MINUTES, control.shape[1] + 1, KAYENTA_MINUTES):
        pairs = zip(control[:, :minutes], experiment[:, :minutes], strict=True)
        alarms.append([_is_beyond(*pair, both_ways=hours.kind == "scores") for pair in pairs])
    return _to_infinity(find_first(np.array(alarms).T)) * KAYENTA_MINUTES


def _is_beyond(control: Floats, experiment: Floats, *, both_ways: bool) -> bool:
    low, high, estimate = find_shift_interval(control, experiment)
    bound = KAYENTA_FRACTION * abs(estimate)
    return low > bound or (both_ways and high < -bound)


def find_shift_interval(control: Floats, experiment: Floats) -> tuple[float, float, float]:
    """Finds the interval of the shift between two samples, and its Hodges-Lehmann estimate.

    It inverts the normal approximation of the Mann-Whitney test with corrections for ties and for
    continuity, as R's `wilcox.test` does.
    """
    differences = np.sort(np.subtract.outer(experiment, control).ravel())
    count, total = len(differences), len(control) + len(experiment)
    ties = sum(
        float((each**3 - each).sum())
        for each in (np.unique(sample, return_counts=True)[1] for sample in (control, experiment))
    )
    variance = count / 12 * (total + 1 - ties / (total * (total - 1)))
    quantile = norm.ppf((1 + KAYENTA_CONFIDENCE) / 2)
    beyond = int(count / 2 + 0.5 + quantile * np.sqrt(max(variance, 0)))
    upper = min(beyond, count - 1)
    return (
        float(differences[count - 1 - upper]),
        float(differences[upper]),
        float(np.median(differences)),
    )


RULES: Mapping[str, Rule] = {
    "Baton": judge_by_evidence,
    "Flagger, 1 failed check": lambda hours, _: judge_by_flagger(hours, 1),
    "Flagger, 10": lambda hours, _: judge_by_flagger(hours, 10),
    "Kayenta": judge_by_kayenta,
    "peeked z-test": judge_by_z_test,
}


def _flatten(rows: Floats) -> Floats:
    return rows.reshape(len(rows), -1)


def _to_minutes(looks: Ints) -> Floats:
    return _to_infinity(looks) * _LOOK / ROWS_A_MINUTE


def _to_infinity(firsts: Ints) -> Floats:
    return np.where(firsts == NEVER, np.inf, firsts.astype(np.float64))
