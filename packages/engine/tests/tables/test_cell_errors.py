"""Errors of cells."""

from baton_engine.tables.cell_errors import BadCell, BadCells


def test_message_is_that_of_the_first_cell() -> None:
    error = BadCells((BadCell(3, "age", "must be a number"), BadCell(4, "age", "is missing")))
    assert str(error) == "column 'age': must be a number"
