"""Which columns have drifted: surely, and enough."""

import numpy as np

from baton_trainer.monitoring.drift.verdict import MIN_ROWS, choose_level, judge_columns
from tests.support.trainer.drift import FLIPPED, MOVED, SAME, make_column


def test_worst_column_is_first() -> None:
    """And those without a drift are last."""
    judged = judge_columns([SAME, MOVED, FLIPPED])
    assert [(each.name, each.level) for each in judged] == [
        ("flipped", "large"),
        ("moved", "moderate"),
        ("same", "none"),
    ]


def test_a_small_difference_is_no_drift_however_sure() -> None:
    """Of a million rows everything is significant."""
    column = make_column("c", [500_000, 500_000, 0, 0], [510_000, 490_000, 0, 0])
    (judged,) = judge_columns([column])
    assert judged.adjusted is not None
    assert judged.adjusted < 1e-6
    assert judged.level == "none"


def test_a_large_difference_is_no_drift_if_chance_explains_it() -> None:
    """Here one category of many; alone it is a drift, among 500 others it is not."""
    column = make_column("c", [5_000, 8, 0, 0], [296, 4, 0, 0])
    (alone,) = judge_columns([column])
    assert alone.shift is not None
    others = [make_column(f"o{n}", [2_800, 2_800, 0, 0], [150, 150, 0, 0]) for n in range(499)]
    judged = next(each for each in judge_columns([column, *others]) if each.name == "c")
    assert alone.adjusted is not None
    assert judged.adjusted is not None
    assert alone.adjusted < 0.05 < judged.adjusted
    assert choose_level(1.0, judged.adjusted) == "none"
    assert choose_level(1.0, alone.adjusted) == "large"


def test_few_rows_have_no_verdict() -> None:
    """Not even with another distribution."""
    column = make_column("c", [5_000, 5, 0, 0], [0, MIN_ROWS - 1, 0, 0])
    (judged,) = judge_columns([column])
    assert (judged.level, judged.shift, judged.has_drifted) == (None, None, False)


def test_missing_cells_are_a_drift() -> None:
    """A column that is empty in one of five rows."""
    (judged,) = judge_columns([make_column("c", [2_808, 2_808, 0, 0], [400, 400, 0, 200])])
    assert judged.level == "large"
    assert judged.largest_change == ("missing", 0.0, 0.2)


def test_shares_are_of_all_rows() -> None:
    column = make_column("c", [50, 30, 10, 10], [40, 20, 30, 10])
    assert (column.missing, column.missing_before) == (0.1, 0.1)
    assert (column.unseen, column.unseen_before) == (0.3, 0.1)
    assert np.isclose(column.excess, 0.2)


def test_no_columns_are_no_error() -> None:
    assert judge_columns([]) == []
