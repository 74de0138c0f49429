"""What is said of cells."""

from baton_engine.tables.cells import BadCell, BadCells


def test_bad_cells_speak_of_the_first() -> None:
    """As one line, the error says what is wrong with the first of them."""
    error = BadCells((BadCell(3, "age", "must be a number"), BadCell(4, "age", "is missing")))
    assert str(error) == "column 'age': must be a number"
