"""Judgements in plain English."""

import pytest

from baton_rollout.judgement import judge
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.texts import describe_harm
from baton_rollout.signals import SIGNALS, Signal

COUNTS = PairCounts(pairs=2_000, failures=40, compared=1_960, timed=120, slower=118)


@pytest.mark.parametrize(
    ("signal", "begin", "end"),
    [
        ("failures", "2 % of its rows fail; allowed: 0.1 % (evidence ", ", 2,000 pairs)"),
        ("slower", "it is much slower on 98.3 % of the timed batches; ", ", 120 timed batches)"),
    ],
)
def test_harm_names_what_was_counted(signal: Signal, begin: str, end: str) -> None:
    """Slowness is counted in timed batches, the other signals in pairs."""
    described = describe_harm(judge(COUNTS, Limits())[SIGNALS.index(signal)])

    assert described.startswith(begin)
    assert described.endswith(end)
