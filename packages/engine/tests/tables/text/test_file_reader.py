"""CSV files with column names."""

import io

import pytest

from baton_engine.tables.text.csv_rows import BLOCK_LINES, CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE, ReaderRule


def create_reader(
    text: str, separator: str | None = None, rule: ReaderRule = TRIM_WHITE_SPACE
) -> FileReader:
    """A reader of the text as a file gives it."""
    return FileReader(io.StringIO(text, newline=""), separator, rule)


def read_rows(file: FileReader) -> dict[int, list[str | None]]:
    """The cells of each row that fits, by its line."""
    rows: dict[int, list[str | None]] = {}
    for numbers, columns, _ in file.iter_columns():
        cells = zip(*(column.to_list() for column in columns), strict=True)
        rows |= {line: [*each] for line, each in zip(numbers, cells, strict=True)}
    return rows


def list_misfits(file: FileReader) -> list[int]:
    """The lines of the rows that do not fit."""
    return [line for part in file.iter_columns() for line, why in part.misfits if why]


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
        assert read_rows(file) == {3: ["1", "2"]}


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
    assert read_rows(file) == {2: ["1", "2"], 3: ["3", "4"]}


def test_row_without_the_usual_end_separator_does_not_fit() -> None:
    """A cell may be missing."""
    text = "a;b\n1;2;\n3;4\n5;\n6;7;8\n"
    assert read_rows(create_reader(text)) == {2: ["1", "2"]}
    assert list_misfits(create_reader(text)) == [3, 4, 5]


def test_row_with_another_number_of_cells_does_not_fit() -> None:
    text = "a;b\n1;2\n3;4;\n5\n"
    assert read_rows(create_reader(text)) == {2: ["1", "2"]}
    assert list_misfits(create_reader(text)) == [3, 4]


def test_names_are_trimmed() -> None:
    """By either rule."""
    for rule in (KEEP_WHITE_SPACE, TRIM_WHITE_SPACE):
        assert create_reader("a , b,\ta\n1,2,3\n", rule=rule).names == ["a", "b", "a"]


def test_separator_in_a_quoted_cell_after_a_blank_is_ignored() -> None:
    file = create_reader('a, b\n1, "x, y;z"\n2, "x; z"\n')
    assert read_rows(file) == {2: ["1", "x, y;z"], 3: ["2", "x; z"]}


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


@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_rows_of_several_blocks_and_lines(rule: ReaderRule) -> None:
    """A row may begin in one block and end in another. Line numbers go on."""
    lines = BLOCK_LINES - 1
    text = "a,b\n" + "1,2\n" * lines + '3,"x\n\ny"\n\n4,5\n' + "1,2\n" * lines + "6,7"
    rows = read_rows(create_reader(text, rule=rule))
    assert len(rows) == 2 * lines + 3
    last = len(text.splitlines())
    assert [rows[line] for line in (2, lines + 2, lines + 6, last)] == [
        ["1", "2"],
        ["3", "x\n\ny"],
        ["4", "5"],
        ["6", "7"],
    ]


def test_white_space_is_reported_below_the_names() -> None:
    """In a text with quotes and in one without."""
    for text, is_trimmed in [
        ("a , b\n1,2\n", False),
        ("a,b\n1, 2\n", True),
        ('a , b\n1,"2 "\n', False),
        ('a,b\n1, "2 "\n', True),
    ]:
        file = create_reader(text)
        assert len(read_rows(file)) == 1
        assert file.has_trimmed == is_trimmed


@pytest.mark.parametrize("text", ['a,b\n1,2\n3,"4\n', f"a,b\n1,2\n3,{'4' * 131_073}\n"])
def test_invalid_row_is_an_error_with_its_line(text: str) -> None:
    """An open quote, and a cell over 128 KiB, also without a quote."""
    with pytest.raises(CsvError, match=r"^line 3: "):
        read_rows(create_reader(text))
