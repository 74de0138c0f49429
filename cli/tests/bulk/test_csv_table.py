"""CSV files that are not written as ours are."""

from pathlib import Path

import pytest

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.errors import CommandFailed
from baton_engine.tables.cells import BadCells
from baton_engine.tables.text.reader_rule import KEPT, TRIMMED, ReaderRule
from tests.support.cli.bulk import COLUMNS, TEXT, opened


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found_out_and_told(tmp_path: Path, separator: str) -> None:
    """As in training; that it is a comma need not be told."""
    with opened(tmp_path, TEXT.replace(",", separator)) as table:
        ((chunk, misfits),) = table.chunks()
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        assert chunk.read(COLUMNS[0]).tolist() == [0.5, -1.5]
        assert misfits == []
        assert table.found == f"separator {separator!r}"
    with opened(tmp_path, TEXT) as table:
        assert table.found == ""


def test_a_long_file_is_read_whole_after_its_separator_is_found_out(tmp_path: Path) -> None:
    """The lines that were looked at are rows like the others, in their order."""
    rows = 20_000
    with opened(tmp_path, "x;n\n" + "".join(f"1;{row}\n" for row in range(rows))) as table:
        numbers = [n for chunk, _ in table.chunks() for n in chunk.read(COLUMNS[1]).tolist()]
    assert numbers == [*range(rows)]


def test_white_space_around_names_is_none_of_them(tmp_path: Path) -> None:
    """As in training: the schema has them without."""
    with opened(tmp_path, TEXT.replace("x,n,note", "x, n , note")) as table:
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        ((chunk, _),) = table.chunks()
        assert chunk.read(COLUMNS[1]).tolist() == [1, 2]


def test_cells_are_read_by_the_rule_of_the_version(tmp_path: Path) -> None:
    """White space is data to versions without a record, and none to those trained now."""
    text = 'x,n,note\n0.5, 1, a \n1, 2, "b "\n'
    for rule, notes in ((KEPT, [" a ", ' "b "']), (TRIMMED, ["a", "b "])):
        with opened(tmp_path, text, rule=rule) as table:
            ((chunk, _),) = table.chunks()
            assert chunk.read(COLUMNS[1]).tolist() == [1, 2]
            assert chunk.read(COLUMNS[2]).tolist() == notes


@pytest.mark.parametrize("rule", [KEPT, TRIMMED])
def test_files_of_spreadsheets_are_read(tmp_path: Path, rule: ReaderRule) -> None:
    """A line that says the separator, and one more of it at the end of every row."""
    text = "sep=;\r\nx;n;note\r\n0.5;1;a;\r\n-1;2;;\r\n-1;2;\r\n"
    with opened(tmp_path, text, rule=rule) as table:
        assert table.found == "separator ';', one more separator at the end of every row"
        ((chunk, misfits),) = table.chunks()
        assert chunk.read(COLUMNS[2]).tolist() == ["a", ""]
        assert chunk.places == ["line 3", "line 4"]
        assert [place for place, _ in misfits] == ["line 5"]


def test_two_separators_that_fit_are_refused(tmp_path: Path) -> None:
    """Both would give a table, of other columns; said, it is taken."""
    text = "x;n,note\n1;2,3\n"
    with pytest.raises(CommandFailed, match="may be ',' or ';'; say which"), opened(tmp_path, text):
        pass
    with opened(tmp_path, text, CsvFormat(separator=",")) as table:
        assert [field.name for field in table.fields] == ["x;n", "note"]


def test_hints_at_the_separator(tmp_path: Path) -> None:
    """One column may have been meant to be several."""
    for text, is_hinted in [("x:n\n1:2\n", True), (TEXT, False)]:
        with opened(tmp_path, text) as table:
            assert ("--separator" in table.hint()) is is_hinted


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "shift_jis", "utf-8-sig"])
def test_reads_the_encoding_that_is_said(tmp_path: Path, encoding: str) -> None:
    """With or without a byte order mark."""
    word = "\u732b" if encoding == "shift_jis" else "\u00e4"
    content = TEXT.replace("a", word).encode(encoding)
    with opened(tmp_path, content, CsvFormat(encoding=encoding)) as table:
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        ((chunk, _),) = table.chunks()
        assert chunk.read(COLUMNS[2]).tolist() == [word, ""]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"x\n1\n\x81\n", "cp1252", "line 3 is not cp1252 text"),
        (b"x\n1", "utf-16", "is not utf-16 text"),
        ("x\n1".encode("utf-16"), "utf-8", "line 1 is not utf-8 text"),
        (b"x\n\x81 \n", "shift_jis", "line 2 is not shift_jis text"),
    ],
)
def test_what_is_not_in_that_encoding_is_told(
    tmp_path: Path, content: bytes, encoding: str, message: str
) -> None:
    """One line, with what to say."""
    other = " utf-16" if encoding == "utf-8" else ", e.g. cp1252"
    with (
        pytest.raises(CommandFailed, match=f"{message}; say --encoding{other}"),
        opened(tmp_path, content, CsvFormat(encoding=encoding)) as table,
    ):
        [*table.chunks()]


def test_decimal_commas(tmp_path: Path) -> None:
    """They are read where they are said, and hinted at where not."""
    text = 'x;n;note\n0,5;1;"a,5"\n'
    with opened(tmp_path, text, CsvFormat(";", decimal=",")) as table:
        ((chunk, _),) = table.chunks()
        assert [chunk.read(column).tolist() for column in COLUMNS] == [[0.5], [1], ["a,5"]]
    with opened(tmp_path, text, CsvFormat(";")) as table:
        ((chunk, _),) = table.chunks()
    with pytest.raises(
        BadCells, match=r"must be a number \(if it has a decimal comma: --decimal ,\)"
    ):
        chunk.read(COLUMNS[0])
