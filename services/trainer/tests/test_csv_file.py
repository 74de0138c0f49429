import hashlib
from pathlib import Path

import pytest

from baton_trainer import csv_file
from baton_trainer.errors import DataError


def test_cells_are_the_texts_that_stand_in_the_file() -> None:
    """Nothing is read as a number or a gap yet, and a byte order mark is no part of a name."""
    content = '\ufeffa,b\n 1,NA\n\n"x,\ny",\n'.encode()
    file = csv_file.parse(content, "f")
    assert file.cells.columns.tolist() == ["a", "b"]
    assert file.cells.to_numpy().tolist() == [[" 1", "NA"], ["x,\ny", ""]]
    assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_a_name_that_is_there_twice_is_kept_twice() -> None:
    """Whether that is an error is for the table to say; it is not hidden by renaming."""
    assert csv_file.parse(b"a,a\n1,2\n", "f").cells.columns.tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04\x00\x00", "binary"),
        ("a,b\n1,2\n".encode("utf-16"), "binary"),
        ("a,b\n1,ü\n".encode("latin-1"), "line 2 is not UTF-8"),
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


def test_a_cell_too_long_to_be_a_cell_is_told_with_its_line() -> None:
    """A quote that never closes in a large file ends at the parser's own limit."""
    with pytest.raises(DataError, match="line 2"):
        csv_file.parse(b"a,b\n1," + b"x" * 200_000, "f")


def test_what_cannot_be_opened_is_named_with_the_reason(tmp_path: Path) -> None:
    """A missing file and a folder are told by the system's own words."""
    with pytest.raises(DataError, match=r"nothing\.csv: No such file"):
        csv_file.read(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="Is a directory"):
        csv_file.read(tmp_path)


def test_a_file_is_named_by_its_path(tmp_path: Path) -> None:
    """Messages about it should say which file."""
    (tmp_path / "t.csv").write_bytes(b"a\n1\n")
    assert csv_file.read(tmp_path / "t.csv").name == str(tmp_path / "t.csv")
