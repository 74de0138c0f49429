import hashlib

import pytest

from baton_engine.tables.text.reader_rule import KEPT
from baton_trainer.errors import DataError
from baton_trainer.request import Data
from baton_trainer.tables.files import csv_file


def test_cells_are_the_texts_that_stand_in_the_file() -> None:
    """Nothing is read as a number or a gap yet, and a byte order mark is no part of a name."""
    content = '\ufeffa,b\n 1,NA\n\n"x,\ny",\n'.encode()
    file = csv_file.parse(content, "f")
    assert file.cells.columns.tolist() == ["a", "b"]
    assert file.cells.to_numpy().tolist() == [["1", "NA"], ["x,\ny", ""]]
    assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_white_space_around_cells_is_no_data() -> None:
    """It is told; quotes keep it; the rule of older versions keeps it all."""
    content = b'a,b\n1, Private \n2, "x, y "\n'
    file = csv_file.parse(content, "f")
    assert file.cells["b"].tolist() == ["Private", "x, y "]
    assert file.has_trimmed
    assert file.found == ("white space around cells removed",)
    kept = csv_file.parse(b"a,b\n1, Private \n", "f", rule=KEPT)
    assert kept.cells["b"].tolist() == [" Private "]
    assert (kept.has_trimmed, kept.found, kept.rule) == (False, (), KEPT)


@pytest.mark.parametrize(
    ("content", "separator"),
    [(b"sep=;\r\na;b\r\n1;2\r\n", ";"), (b"\xef\xbb\xbfsep=,\na,b\n1,2\n", ",")],
)
def test_a_line_that_says_the_separator_is_read(content: bytes, separator: str) -> None:
    """As spreadsheets write it, also after a byte order mark."""
    file = csv_file.parse(content, "f")
    assert file.cells.to_dict("list") == {"a": ["1"], "b": ["2"]}
    assert file.found == ((f"separator {separator!r}",) if separator != "," else ())


def test_a_separator_at_the_end_of_every_row_makes_no_column() -> None:
    """Where it is not at the end of every row, the row without it is named."""
    file = csv_file.parse(b"a,b\n1,2,\n3,4,\n", "f")
    assert file.cells.to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}
    with pytest.raises(DataError, match="line 3 does not end in a separator"):
        csv_file.parse(b"a,b\n1,2,\n3,4\n", "f")


def test_a_line_above_the_names_is_blamed() -> None:
    """Not the separator alone."""
    with pytest.raises(DataError, match=r"line 2 has 2 cells .* remove what stands above"):
        csv_file.parse(b"# exported\na,b\n1,2\n", "f")


def test_a_name_that_is_there_twice_is_kept_twice() -> None:
    """Whether that is an error is for the table to say; it is not hidden by renaming."""
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
        (b"a,b\n1,2\n1,2,3\n", "line 3 has 3 cells .* 2 columns"),
        (b"a,b\n1,2\n1\n", "line 3 has 1 cells"),
        (b'a,b\n1,"2\n3,4\n', "f: "),
    ],
)
def test_damaged_content_is_one_line_with_its_place(content: bytes, message: str) -> None:
    """Empty, binary, in another encoding, ragged, an open quote: each is told, none is guessed."""
    with pytest.raises(DataError, match=message) as caught:
        csv_file.parse(content, "f")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found_out_and_told(separator: str) -> None:
    """A comma needs no telling."""
    content = f"a{separator}b\n1{separator}x, y\n".encode()
    file = csv_file.parse(content, "f")
    assert file.cells.to_numpy().tolist() == [["1", "x, y"]]
    assert file.found == (f"separator {separator!r}",)
    assert csv_file.parse(b"a,b\n1,2\n", "f").found == ()


def test_what_is_given_is_not_found_out() -> None:
    """And not told either."""
    content = "a;b,ü\n1;2,ö\n".encode("latin-1")
    file = csv_file.parse(content, "f", Data(separator=",", encoding="latin-1"))
    assert file.cells.columns.tolist() == ["a;b", "ü"]
    assert file.found == ()


def test_an_encoding_is_told_with_a_word_to_check_it_by() -> None:
    """Mojibake is seen at a glance."""
    rows = "Stadt,n\n" + "Köln,1\nMünchen,2\nGießen,3\n" * 9
    assert csv_file.parse(rows.encode("cp1252"), "f").found == ("encoding cp1252 (e.g. 'Köln')",)


def test_a_cell_too_long_to_be_a_cell_is_told_with_its_line() -> None:
    """A quote that never closes in a large file ends at the parser's own limit."""
    with pytest.raises(DataError, match="line 2"):
        csv_file.parse(b"a,b\n1," + b"x" * 200_000, "f")
