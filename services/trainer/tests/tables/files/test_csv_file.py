import hashlib

import pytest

from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE
from baton_trainer.errors import DataError
from baton_trainer.request import Data
from baton_trainer.tables.files import csv_file


def test_cells_are_the_texts_of_the_file() -> None:
    """Nothing is typed yet, and a byte order mark is not a part of a name."""
    content = '\ufeffa,b\n 1,NA\n\n"x,\ny",\n'.encode()
    file = csv_file.parse(content, "f")
    assert file.cells.columns.tolist() == ["a", "b"]
    assert file.cells.to_numpy().tolist() == [["1", "NA"], ["x,\ny", ""]]
    assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_white_space_around_cells_is_removed() -> None:
    """A note says so; quotes keep it, and so does the rule of older versions."""
    content = b'a,b\n1, Private \n2, "x, y "\n'
    file = csv_file.parse(content, "f")
    assert file.cells["b"].tolist() == ["Private", "x, y "]
    assert file.has_trimmed
    assert file.notes == ("white space around cells, which is removed",)
    kept = csv_file.parse(b"a,b\n1, Private \n", "f", rule=KEEP_WHITE_SPACE)
    assert kept.cells["b"].tolist() == [" Private "]
    assert (kept.has_trimmed, kept.notes, kept.rule) == (False, (), KEEP_WHITE_SPACE)


@pytest.mark.parametrize(
    ("content", "separator"),
    [(b"sep=;\r\na;b\r\n1;2\r\n", ";"), (b"\xef\xbb\xbfsep=,\na,b\n1,2\n", ",")],
)
def test_a_separator_line_is_read(content: bytes, separator: str) -> None:
    """Spreadsheets write it, also after a byte order mark."""
    file = csv_file.parse(content, "f")
    assert file.cells.to_dict("list") == {"a": ["1"], "b": ["2"]}
    assert file.notes == ((f"separator {separator!r}",) if separator != "," else ())


def test_a_separator_at_the_end_of_every_row_makes_no_column() -> None:
    """If a row lacks it, the error names the row."""
    file = csv_file.parse(b"a,b\n1,2,\n3,4,\n", "f")
    assert file.cells.to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}
    with pytest.raises(DataError, match="line 3 does not end in a separator"):
        csv_file.parse(b"a,b\n1,2,\n3,4\n", "f")


def test_a_line_above_the_header_is_named_in_the_error() -> None:
    """The error does not only name the separator."""
    with pytest.raises(DataError, match=r"line 2 has 2 cells.* remove the lines above the header"):
        csv_file.parse(b"# exported\na,b\n1,2\n", "f")


def test_a_repeated_name_is_kept() -> None:
    """The header check rejects it later; no name is changed."""
    assert csv_file.parse(b"a,a\n1,2\n", "f").cells.columns.tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04\x00\x00", "binary"),
        (b"a,b\n1,\0\n", "binary"),
        ("a,b\n1,ü\n".encode("latin-1"), "line 2 is not UTF-8"),
        (b'{"a": 1}', "the file is JSON"),
        (b"<!DOCTYPE html>", "the file is HTML"),
        (b"a,b\n1,2\n1,2,3\n", "line 3 has 3 cells.* 2 columns"),
        (b"a,b\n1,2\n1\n", "line 3 has 1 cells"),
        (b'a,b\n1,"2\n3,4\n', "f: "),
    ],
)
def test_damaged_content_is_rejected_with_its_line(content: bytes, message: str) -> None:
    """Empty, binary, in another encoding, ragged, an open quote."""
    with pytest.raises(DataError, match=message) as caught:
        csv_file.parse(content, "f")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_detected_with_a_note(separator: str) -> None:
    """A comma needs no note."""
    content = f"a{separator}b\n1{separator}x, y\n".encode()
    file = csv_file.parse(content, "f")
    assert file.cells.to_numpy().tolist() == [["1", "x, y"]]
    assert file.notes == (f"separator {separator!r}",)
    assert csv_file.parse(b"a,b\n1,2\n", "f").notes == ()


def test_given_settings_are_not_detected() -> None:
    """They need no note."""
    content = "a;b,ü\n1;2,ö\n".encode("latin-1")
    file = csv_file.parse(content, "f", Data(separator=",", encoding="latin-1"))
    assert file.cells.columns.tolist() == ["a;b", "ü"]
    assert file.notes == ()


def test_a_detected_encoding_is_noted_with_an_example() -> None:
    """The user can see at a glance whether it is right."""
    rows = "Stadt,n\n" + "Köln,1\nMünchen,2\nGießen,3\n" * 9
    file = csv_file.parse(rows.encode("cp1252"), "f")
    assert (file.encoding, file.foreign_word, file.notes) == ("cp1252", "Köln", ())


def test_an_overlong_cell_is_rejected_with_its_line() -> None:
    """The parser's limit ends a quote that never closes."""
    with pytest.raises(DataError, match="line 2"):
        csv_file.parse(b"a,b\n1," + b"x" * 200_000, "f")
