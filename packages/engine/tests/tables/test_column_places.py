"""Columns of a file by name."""

from baton_engine.tables.column_places import find_column_places


def test_names_with_and_without_white_space() -> None:
    """Exact names win; then the first of equal names."""
    places = find_column_places([" a", "a ", "b", " b", "a"])
    assert (places["a"], places["b"], places[" b"]) == (4, 2, 3)
    assert find_column_places([" a", "a "])["a"] == 0
    assert "c" not in places
