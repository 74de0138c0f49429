"""False alarms of drift, and what change is found: a quick version of `scripts/bench drift`."""

from bench.measurements.drift.benchmark import CHANGES, Size, run
from bench.measurements.drift.report import format_tables, list_goals

SIZE = Size((19, 150), (300, 10_000), windows=20, changes=10, processes=1)


def test_false_alarms_are_rare_and_changes_are_found() -> None:
    """Of any column in at most 5 % of the windows. A large change is found in all of them."""
    results = run(SIZE)
    assert all(goal.is_met for goal in list_goals(results)), results.false_alarms
    assert results.found["missing, 0 → 10%", 300] == SIZE.changes
    assert all(results.found[change.name, 10_000] == SIZE.changes for change in CHANGES[2:4])
    assert results.found["numbers, greater by 0.2 sd", 10_000] == 0  # an index of 0.04
    text = format_tables(results)
    assert "### False alarms" in text
    assert "| numbers, greater by 1 sd " in text
