"""The counts of pairs."""

import numpy as np

from baton_inference.shadow.counts.comparison import Differences
from baton_inference.shadow.counts.tally import PairTally
from baton_rollout.pair_counts import PairCounts


def test_counts_add_up() -> None:
    tally = PairTally()
    counts = np.zeros(41, np.int64)
    counts[20] = 2
    for _ in range(2):
        tally.add_pairs(3, 1)
        tally.add_differences(Differences(2, 1, {"yes": counts}))
    tally.add_timed(is_slower=True)
    tally.add_timed(is_slower=False)
    expected = PairCounts(
        pairs=6,
        failures=2,
        compared=4,
        other_labels=2,
        timed=2,
        slower=1,
        score={"yes": (0,) * 20 + (4,) + (0,) * 20},
    )
    found = tally.build_counts()
    assert found == expected
    assert PairCounts.from_json(found.to_json()) == expected


def test_a_snapshot_does_not_change() -> None:
    tally = PairTally()
    before = tally.build_counts()
    tally.add_pairs(1, 1)
    assert before == PairCounts()
