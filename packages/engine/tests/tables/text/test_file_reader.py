"""CSV files as spreadsheets and people write them."""

import io

import pytest

from baton_engine.tables.text.csv_rows import CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import KEPT, TRIMMED, ReaderRule


def reader(text: str, separator: str | None = None, rule: ReaderRule = TRIMMED) -> FileReader:
    """A reader of the text as a file gives it."""
    return FileReader(io.StringIO(text, newline=""), separator, rule)


def cells(found: FileReader) -> list[list[str]]:
    """Those of all rows, each of which fits."""
    rows = [*found.iter_rows()]
    assert [why for _, _, why in rows if why] == []
    return [cells for _, cells, _ in rows]


@pytest.mark.parametrize(
    ("line", "separator"),
    [("sep=;", ";"), ('"sep=;"', ";"), ("SEP=,", ","), ("sep=\t", "\t"), ("sep=:::", ":")],
)
@pytest.mark.parametrize("rule", [KEPT, TRIMMED])
def test_a_first_line_may_say_the_separator(line: str, separator: str, rule: ReaderRule) -> None:
    """It is no line of names; where lines are counted, it counts."""
    text = f"{line}\r\na{separator}b\r\n1{separator}2\r\n"
    for given in (None, separator):
        found = reader(text, given, rule)
        assert (found.separator, found.names) == (separator, ["a", "b"])
        assert [*found.iter_rows()] == [(3, ["1", "2"], "")]


def test_a_name_that_looks_like_such_a_line_is_a_name() -> None:
    """`sep=` and a letter names a column."""
    assert reader("sep=a\n1\n").names == ["sep=a"]


@pytest.mark.parametrize("rule", [KEPT, TRIMMED])
def test_one_more_separator_at_the_end_of_every_row(rule: ReaderRule) -> None:
    """It makes no column, and is told."""
    found = reader("a;b\n1;2;\n3;4; \n", rule=rule)
    assert found.names == ["a", "b"]
    assert found.describe_format() == [
        "separator ';'",
        "one more separator at the end of every row",
    ]
    assert cells(found) == [["1", "2"], ["3", "4"]]


def test_a_row_without_that_separator_does_not_fit() -> None:
    """It may lack a cell instead: which one cannot be known."""
    found = reader("a;b\n1;2;\n3;4\n5;\n6;7;8\n")
    assert [(line, bool(why)) for line, _, why in found.iter_rows()] == [
        (2, False),
        (3, True),
        (4, True),
        (5, True),
    ]


def test_a_row_of_another_number_of_cells_does_not_fit() -> None:
    """Where the first row has no separator more, a later one may not have it either."""
    found = reader("a;b\n1;2\n3;4;\n5\n")
    assert [bool(why) for _, _, why in found.iter_rows()] == [False, True, True]


def test_white_space_around_names_is_no_part_of_them() -> None:
    """Under every rule; names may be there twice."""
    for rule in (KEPT, TRIMMED):
        assert reader("a , b,\ta\n1,2,3\n", rule=rule).names == ["a", "b", "a"]


def test_a_quoted_cell_after_a_blank_does_not_confuse_the_separator() -> None:
    """Every row has as many cells as names, by the comma alone."""
    found = reader('a, b\n1, "x, y;z"\n2, "x; z"\n')
    assert cells(found) == [["1", "x, y;z"], ["2", "x; z"]]


@pytest.mark.parametrize("rule", [KEPT, TRIMMED])
def test_the_separator_is_found_out_and_told(rule: ReaderRule) -> None:
    """A comma needs no telling, and what was given neither."""
    assert reader("a|b\n1|2\n", rule=rule).describe_format() == ["separator '|'"]
    assert reader("a|b\n1|2\n", "|", rule).describe_format() == []
    assert reader("a,b\n1,2\n", rule=rule).describe_format() == []
    assert reader("alone\n1\n", rule=rule).separator == ","


def test_two_separators_that_fit_are_refused() -> None:
    """Both would give a table, of other columns."""
    with pytest.raises(SeveralSeparators, match="',' or ';'"):
        reader("a;b,c\n1;2,3\n")


@pytest.mark.parametrize("text", ["", " \n\n", "sep=;\n"])
def test_there_must_be_names(text: str) -> None:
    """A line that says the separator is none of names."""
    with pytest.raises(CsvError, match="no header"):
        reader(text)
