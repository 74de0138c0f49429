"""Targets, and whether they were reached."""

from bench.output.goals import at_least, at_most, goal_table


def test_a_goal_is_met_from_its_target_on() -> None:
    """The target itself is good enough, from either side."""
    assert at_least("", 100, 100).is_met
    assert not at_least("", 100, 99.9).is_met
    assert at_most("", 2, 2).is_met
    assert not at_most("", 2, 2.01).is_met


def test_what_could_not_be_measured_is_not_met() -> None:
    """Not a number is no success."""
    assert not at_least("", 1, float("nan")).is_met
    assert not at_most("", 1, float("nan")).is_met


def test_the_table_says_yes_or_no() -> None:
    """With the units, and counts without any."""
    goals = [at_most("failed requests", 0, 0, ""), at_least("rate", 100, 99.5)]

    assert goal_table(goals) == (
        "| goal            |      target |    reached | met |\n"
        "| --------------- | ----------: | ---------: | --: |\n"
        "| failed requests |         ≤ 0 |          0 | yes |\n"
        "| rate            | ≥ 100 times | 99.5 times |  no |"
    )
