"""Reading CSV row by row."""

import io

import pytest

from baton_engine.tables.text.csv_reader import CsvReader
from baton_engine.tables.text.csv_rows import CsvError


def create_reader(text: str) -> CsvReader:
    """A reader of the text as a file gives it."""
    return CsvReader(io.StringIO(text, newline=""))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_have_the_number_of_their_first_line(end: str) -> None:
    """With blank lines, quoted line ends and any line end."""
    text = end.join(["", "a,b", "1,x", " ", '2,"y', "", 'z"', "3,w"])
    assert list(create_reader(text).iter_rows()) == [
        (3, ["1", "x"]),
        (5, ["2", f"y{end}{end}z"]),
        (8, ["3", "w"]),
    ]


def test_column_is_found_by_name() -> None:
    """Cells missing at the end of a row are empty."""
    reader = create_reader("a,b\n1,x\n2\n")
    rows = [row for _, row in reader.iter_rows()]
    assert reader.get_column("b", rows) == ["x", ""]
    assert reader.get_column("a", rows) == ["1", "2"]


def test_extra_first_cells_are_an_index() -> None:
    """If the first row is wider than the header."""
    reader = create_reader("a,b\n7,1,x\n8,2,y,?\n")
    rows = [row for _, row in reader.iter_rows()]
    assert reader.get_column("a", rows) == ["1", "2"]
    assert [reader.count_excess(row) for row in rows] == [0, 1]


def test_names_are_made_unique() -> None:
    """As in pandas."""
    assert create_reader("a,a,a.1,\n").names == ["a", "a.1", "a.1.1", "Unnamed: 3"]


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
def test_invalid_csv_is_rejected(text: str, message: str) -> None:
    """With the line number if it is known."""
    with pytest.raises(CsvError, match=message):
        list(create_reader(text).iter_rows())
