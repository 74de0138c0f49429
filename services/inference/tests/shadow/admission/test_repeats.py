"""Rows that repeat."""

from baton_inference.shadow.admission.repeats import RecentRows


def test_a_row_counts_once() -> None:
    recent = RecentRows()
    assert recent.add((1, "a", None))
    assert not recent.add((1, "a", None))
    assert recent.add((1, "b", None))


def test_only_the_last_rows_are_remembered() -> None:
    recent = RecentRows(remembered=2)
    for row in range(3):
        assert recent.add((row,))
    assert recent.add((0,))  # forgotten, and new again
    assert not recent.add((2,))


def test_a_repeated_row_does_not_push_others_out() -> None:
    """A probe that repeats for ever must not make the remembered rows new again."""
    recent = RecentRows(remembered=2)
    recent.add((1,))
    recent.add((2,))
    for _ in range(10):
        assert not recent.add((1,))
    assert not recent.add((2,))
