"""Columns of a file by name."""

from baton_engine.tables.column_indices import find_column_indices


def test_names_with_and_without_white_space() -> None:
    """Exact names win; then the first of equal names."""
    indices = find_column_indices([" a", "a ", "b", " b", "a"])
    assert (indices["a"], indices["b"], indices[" b"]) == (4, 2, 3)
    assert find_column_indices([" a", "a "])["a"] == 0
    assert "c" not in indices
