"""What is said of cells."""

from baton_engine.tables.cells import INTEGER_RANGES, WANTED, BadCell, BadCells
from baton_engine.tables.columns import DTYPES


def test_every_type_of_column_is_put_into_words() -> None:
    """Each type has its words, and those of whole numbers their bounds."""
    assert WANTED.keys() == DTYPES.keys()
    assert INTEGER_RANGES == {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


def test_bad_cells_speak_of_the_first() -> None:
    """As one line, the error says what is wrong with the first of them."""
    error = BadCells((BadCell(3, "age", "must be a number"), BadCell(4, "age", "is missing")))
    assert str(error) == "column 'age': must be a number"
