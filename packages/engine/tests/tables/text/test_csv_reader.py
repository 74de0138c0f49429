"""A CSV text row by row."""

import io

import pytest

from baton_engine.tables.text.csv_reader import CsvReader
from baton_engine.tables.text.csv_rows import CsvError


def reader(text: str) -> CsvReader:
    """A reader of the text as a file gives it."""
    return CsvReader(io.StringIO(text, newline=""))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_told_with_the_line_that_they_begin_in(end: str) -> None:
    """Blank lines and quoted line ends count, whatever ends a line."""
    text = end.join(["", "a,b", "1,x", " ", '2,"y', "", 'z"', "3,w"])
    assert list(reader(text).iter_rows()) == [
        (3, ["1", "x"]),
        (5, ["2", f"y{end}{end}z"]),
        (8, ["3", "w"]),
    ]


def test_a_column_is_found_by_its_name() -> None:
    """Cells are picked by the header; a row that is too short has gaps at its end."""
    found = reader("a,b\n1,x\n2\n")
    rows = [row for _, row in found.iter_rows()]
    assert found.get_column("b", rows) == ["x", ""]
    assert found.get_column("a", rows) == ["1", "2"]


def test_first_cells_of_wide_rows_are_an_index() -> None:
    """Where the first row is wider than the header, so may all be, and names are right-aligned."""
    found = reader("a,b\n7,1,x\n8,2,y,?\n")
    rows = [row for _, row in found.iter_rows()]
    assert found.get_column("a", rows) == ["1", "2"]
    assert [found.count_excess(row) for row in rows] == [0, 1]


def test_names_are_made_unique() -> None:
    """A name that comes again gets a number, as in pandas; no name at all, one of its place."""
    assert reader("a,a,a.1,\n").names == ["a", "a.1", "a.1.1", "Unnamed: 3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no header"),
        (" \n\n", "no header"),
        ('a,b\n1,x\n1,"x\n2,y\n', "line 3: a quote is not closed"),
        ('"a', "a quote is not closed"),
        ("a,b\n\n1," + "x" * 140_000, "line 3: field larger"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """What is no table is refused, with the line where that is known."""
    with pytest.raises(CsvError, match=message):
        list(reader(text).iter_rows())
