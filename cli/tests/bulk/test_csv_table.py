"""CSV files of other programs."""

from pathlib import Path

import pytest

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.errors import CommandFailed
from baton_engine.tables.cell_errors import BadCells
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE, ReaderRule
from tests.support.cli.bulk import COLUMNS, TEXT, open_content


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separator_is_detected(tmp_path: Path, separator: str) -> None:
    """Training does the same. A comma is not reported."""
    with open_content(tmp_path, TEXT.replace(",", separator)) as table:
        ((chunk, malformed),) = table.read_chunks()
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        assert chunk.read(COLUMNS[0]).tolist() == [0.5, -1.5]
        assert malformed == []
        assert table.detected == f"separator {separator!r}"
    with open_content(tmp_path, TEXT) as table:
        assert table.detected == ""


def test_long_file_is_read_completely_after_the_detection(tmp_path: Path) -> None:
    """The lines that the detection used are rows like the others."""
    rows = 20_000
    with open_content(tmp_path, "x;n\n" + "".join(f"1;{row}\n" for row in range(rows))) as table:
        numbers = [n for chunk, _ in table.read_chunks() for n in chunk.read(COLUMNS[1]).tolist()]
    assert numbers == [*range(rows)]


def test_white_space_around_names_is_removed(tmp_path: Path) -> None:
    """Training does the same."""
    with open_content(tmp_path, TEXT.replace("x,n,note", "x, n , note")) as table:
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        ((chunk, _),) = table.read_chunks()
        assert chunk.read(COLUMNS[1]).tolist() == [1, 2]


def test_cells_are_read_by_the_rule_of_the_version(tmp_path: Path) -> None:
    """White space is data for older versions without a rule."""
    text = 'x,n,note\n0.5, 1, a \n1, 2, "b "\n'
    for rule, notes in ((KEEP_WHITE_SPACE, [" a ", ' "b "']), (TRIM_WHITE_SPACE, ["a", "b "])):
        with open_content(tmp_path, text, rule=rule) as table:
            ((chunk, _),) = table.read_chunks()
            assert chunk.read(COLUMNS[1]).tolist() == [1, 2]
            assert chunk.read(COLUMNS[2]).tolist() == notes


@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_spreadsheet_files_are_read(tmp_path: Path, rule: ReaderRule) -> None:
    """They may begin with a `sep=` line and end every row with a separator."""
    text = "sep=;\r\nx;n;note\r\n0.5;1;a;\r\n-1;2;;\r\n-1;2;\r\n"
    with open_content(tmp_path, text, rule=rule) as table:
        assert table.detected == "separator ';', one more separator at the end of every row"
        ((chunk, malformed),) = table.read_chunks()
        assert chunk.read(COLUMNS[2]).tolist() == ["a", ""]
        assert [*chunk.positions] == ["line 3", "line 4"]
        assert [location for location, _ in malformed] == ["line 5"]


def test_ambiguous_separator_is_rejected(tmp_path: Path) -> None:
    """`--separator` decides."""
    text = "x;n,note\n1;2,3\n"
    with (
        pytest.raises(CommandFailed, match="may be ',' or ';'; choose one"),
        open_content(tmp_path, text),
    ):
        pass
    with open_content(tmp_path, text, CsvFormat(separator=",")) as table:
        assert [field.name for field in table.fields] == ["x;n", "note"]


def test_single_column_hints_at_the_separator(tmp_path: Path) -> None:
    """The detection may have failed."""
    for text, is_hinted in [("x:n\n1:2\n", True), (TEXT, False)]:
        with open_content(tmp_path, text) as table:
            assert ("--separator" in table.hint) is is_hinted


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "shift_jis", "utf-8-sig"])
def test_encoding_option_is_used(tmp_path: Path, encoding: str) -> None:
    """A byte order mark may be present."""
    word = "\u732b" if encoding == "shift_jis" else "\u00e4"
    content = TEXT.replace("a", word).encode(encoding)
    with open_content(tmp_path, content, CsvFormat(encoding=encoding)) as table:
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        ((chunk, _),) = table.read_chunks()
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
def test_wrong_encoding_is_one_line(
    tmp_path: Path, content: bytes, encoding: str, message: str
) -> None:
    """The message has the line and the option."""
    other = "utf-16" if encoding == "utf-8" else "NAME, e.g. cp1252"
    with (
        pytest.raises(CommandFailed, match=f"{message}; use --encoding {other}"),
        open_content(tmp_path, content, CsvFormat(encoding=encoding)) as table,
    ):
        [*table.read_chunks()]


def test_decimal_commas_need_the_option(tmp_path: Path) -> None:
    """Without it, the message hints at it."""
    text = 'x;n;note\n0,5;1;"a,5"\n'
    with open_content(tmp_path, text, CsvFormat(";", decimal=",")) as table:
        ((chunk, _),) = table.read_chunks()
        assert [chunk.read(column).tolist() for column in COLUMNS] == [[0.5], [1], ["a,5"]]
    with open_content(tmp_path, text, CsvFormat(";")) as table:
        ((chunk, _),) = table.read_chunks()
    with pytest.raises(BadCells, match=r"must be a number \(for a decimal comma: --decimal ,\)"):
        chunk.read(COLUMNS[0])
