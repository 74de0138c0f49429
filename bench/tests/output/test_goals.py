"""Performance goals."""

from bench.output.goals import expect_at_least, expect_at_most, format_goals, or_nan


def test_target_itself_meets_the_goal() -> None:
    """Minimum and maximum include their target."""
    assert expect_at_least("", 100, 100).is_met
    assert not expect_at_least("", 100, 99.9).is_met
    assert expect_at_most("", 2, 2).is_met
    assert not expect_at_most("", 2, 2.01).is_met


def test_missing_measurement_misses_the_goal() -> None:
    """NaN meets neither a minimum nor a maximum."""
    assert not expect_at_least("", 1, or_nan(None)).is_met
    assert not expect_at_most("", 1, or_nan(None)).is_met


def test_table_says_yes_or_no() -> None:
    """Counts have no unit."""
    goals = [expect_at_most("failed requests", 0, 0, ""), expect_at_least("rate", 100, 99.5)]

    assert format_goals(goals) == (
        "| goal            |      target |    reached | met |\n"
        "| --------------- | ----------: | ---------: | --: |\n"
        "| failed requests |         ≤ 0 |          0 | yes |\n"
        "| rate            | ≥ 100 times | 99.5 times |  no |"
    )
