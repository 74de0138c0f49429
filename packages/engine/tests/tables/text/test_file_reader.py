"""CSV files with column names."""

import io

import pytest

from baton_engine.tables.text.csv_rows import CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE, ReaderRule


def create_reader(
    text: str, separator: str | None = None, rule: ReaderRule = TRIM_WHITE_SPACE
) -> FileReader:
    """A reader of the text as a file gives it."""
    return FileReader(io.StringIO(text, newline=""), separator, rule)


def read_cells(file: FileReader) -> list[list[str]]:
    """Those of all rows, each of which fits."""
    rows = [*file.iter_rows()]
    assert [why for _, _, why in rows if why] == []
    return [read_cells for _, read_cells, _ in rows]


@pytest.mark.parametrize(
    ("line", "separator"),
    [("sep=;", ";"), ('"sep=;"', ";"), ("SEP=,", ","), ("sep=\t", "\t"), ("sep=:::", ":")],
)
@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_first_line_may_declare_the_separator(line: str, separator: str, rule: ReaderRule) -> None:
    """It counts in line numbers."""
    text = f"{line}\r\na{separator}b\r\n1{separator}2\r\n"
    for separator_option in (None, separator):
        file = create_reader(text, separator_option, rule)
        assert (file.separator, file.names) == (separator, ["a", "b"])
        assert [*file.iter_rows()] == [(3, ["1", "2"], "")]


def test_sep_with_a_letter_is_a_column_name() -> None:
    assert create_reader("sep=a\n1\n").names == ["sep=a"]


@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_separator_at_the_end_of_every_row_is_removed(rule: ReaderRule) -> None:
    file = create_reader("a;b\n1;2;\n3;4; \n", rule=rule)
    assert file.names == ["a", "b"]
    assert file.describe_format() == [
        "separator ';'",
        "one more separator at the end of every row",
    ]
    assert read_cells(file) == [["1", "2"], ["3", "4"]]


def test_row_without_the_usual_end_separator_does_not_fit() -> None:
    """A cell may be missing."""
    file = create_reader("a;b\n1;2;\n3;4\n5;\n6;7;8\n")
    assert [(line, bool(why)) for line, _, why in file.iter_rows()] == [
        (2, False),
        (3, True),
        (4, True),
        (5, True),
    ]


def test_row_with_another_number_of_cells_does_not_fit() -> None:
    file = create_reader("a;b\n1;2\n3;4;\n5\n")
    assert [bool(why) for _, _, why in file.iter_rows()] == [False, True, True]


def test_names_are_trimmed() -> None:
    """By either rule."""
    for rule in (KEEP_WHITE_SPACE, TRIM_WHITE_SPACE):
        assert create_reader("a , b,\ta\n1,2,3\n", rule=rule).names == ["a", "b", "a"]


def test_separator_in_a_quoted_cell_after_a_blank_is_ignored() -> None:
    file = create_reader('a, b\n1, "x, y;z"\n2, "x; z"\n')
    assert read_cells(file) == [["1", "x, y;z"], ["2", "x; z"]]


@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_separator_is_detected_and_reported(rule: ReaderRule) -> None:
    """Unless it is a comma or was given."""
    assert create_reader("a|b\n1|2\n", rule=rule).describe_format() == ["separator '|'"]
    assert create_reader("a|b\n1|2\n", "|", rule).describe_format() == []
    assert create_reader("a,b\n1,2\n", rule=rule).describe_format() == []
    assert create_reader("alone\n1\n", rule=rule).separator == ","


def test_ambiguous_separator_is_rejected() -> None:
    with pytest.raises(SeveralSeparators, match="',' or ';'"):
        create_reader("a;b,c\n1;2,3\n")


@pytest.mark.parametrize("text", ["", " \n\n", "sep=;\n"])
def test_missing_names_are_an_error(text: str) -> None:
    with pytest.raises(CsvError, match="no header"):
        create_reader(text)
