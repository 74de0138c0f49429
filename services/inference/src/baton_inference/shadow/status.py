"""What the shadow reports, in `/status` and in the metrics."""

from dataclasses import dataclass

from baton_rollout.judgement import SignalJudgement
from baton_rollout.pair_counts import PairCounts


@dataclass(frozen=True)
class PairsStatus:
    """The pairs of the present two versions, in this process.

    Attributes:
        production: the number of the version in production.
        canary: the number of the canary's version.
        since: when the comparison started, in UTC.
        counts: the counts since then.
        judgements: the evidence in each signal.
    """

    production: str
    canary: str
    since: str
    counts: PairCounts
    judgements: tuple[SignalJudgement, ...]


@dataclass
class RowOutcomes:
    """What became of the sampled rows since the start of the process; the shadow's thread writes.

    Attributes:
        scored: rows that both versions answered.
        failed: rows on which one of them failed.
        repeated: rows that were among the last 10,000 already.
        over_share: rows of a caller that gave its share of the pairs already.
        abandoned: rows of a call that could not be stopped.
    """

    scored: int = 0
    failed: int = 0
    repeated: int = 0
    over_share: int = 0
    abandoned: int = 0
