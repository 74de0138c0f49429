"""Whether a version is worse than the one before: bets on the difference of their losses.

The test is that of a rollout's signal `quality`: `baton_rollout.evidence`. (Only a regression's
errors are scaled differently: a rollout knows no run.) A row's value is the loss of the version
minus that of the one before, in [-1, 1]:

| task | loss of a row |
|---|---|
| two classes | Brier score: the squared error of the probability |
| more classes | half of the Brier score, whose greatest value is 2 |
| regression | squared error, divided by 4 times the held-out mean squared error of the one before |

The differences are clipped to [-1, 1], so no single row decides, and labels and answers may be of
any size: squares that a float cannot hold are clipped as well.
"""

from collections import Counter
from math import isfinite

import numpy as np

from baton_rollout.evidence import log_evidence
from baton_rollout.judgement import LEAST_PAIRS, SignalJudgement
from baton_rollout.limits import Limits
from baton_trainer.errors import NotComparable
from baton_trainer.evaluation.classes.metrics import compute_brier_scores
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Floats, Outcome
from baton_trainer.evaluation.values.outcome import ValueOutcome

LIMIT = Limits.quality
"""By how much the mean loss may be larger."""

_PRECISION = 10_000
_SCALE = 2.0


def compute_loss_differences(
    outcome: Outcome, before: Outcome, rmse_before: float | None
) -> Floats:
    """Computes the differences of the losses, shape `[n]`, in [-1, 1].

    Args:
        outcome: of the version.
        before: of the one before, for the same rows.
        rmse_before: the held-out RMSE of the one before, which scales the losses of a regression.

    Raises:
        NotComparable: the scale is not known.
    """
    if isinstance(outcome, ClassOutcome) and isinstance(before, ClassOutcome):
        greatest = 1.0 if outcome.is_binary else 2.0
        with np.errstate(over="ignore", invalid="ignore"):
            scores, scores_before = map(compute_brier_scores, (outcome, before))
            return _clip((scores - scores_before) / greatest)
    if not isinstance(outcome, ValueOutcome) or not isinstance(before, ValueOutcome):
        raise NotComparable("the two versions have different tasks")
    if not rmse_before or not isfinite(rmse_before):
        raise NotComparable("the run of the version before has no test_rmse to scale errors by")
    scale = _SCALE * rmse_before
    with np.errstate(over="ignore", invalid="ignore"):
        # a² - b² = (a - b)(a + b), whose factors are finite for errors whose squares are not
        change = (outcome.predictions - before.predictions) / scale
        return _clip(change * ((outcome.errors + before.errors) / scale))


def judge_losses(differences: Floats, limit: float = LIMIT) -> SignalJudgement:
    """Judges whether the mean difference is above the limit.

    The differences are rounded down to a ten-thousandth, which can only weaken the evidence, so
    that equal ones are counted once.
    """
    rounded = np.maximum(np.floor(differences * _PRECISION) / _PRECISION, -1.0)
    values = Counter(rounded.tolist())
    evidence = log_evidence(values, limit, -1.0)
    return SignalJudgement("quality", values, (-1.0, limit), evidence, len(rounded) >= LEAST_PAIRS)


def _clip(differences: Floats) -> Floats:
    """Clips to [-1, 1]. Losses that are both infinite do not differ."""
    return np.clip(np.nan_to_num(differences, nan=0.0), -1.0, 1.0)
