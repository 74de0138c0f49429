"""Tables in files."""

import gzip
from pathlib import Path

import pytest

from baton_cli.bulk.chunks import CHUNK_ROWS
from baton_cli.bulk.tables import open_table
from baton_cli.errors import CommandFailed
from tests.support.cli.bulk import TEXT, open_content, write_parquet


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT.encode(), mtime=0), "\ufeff" + TEXT])
def test_csv_is_read(tmp_path: Path, content: str | bytes) -> None:
    """The file may have gzip or a byte order mark; positions are line numbers."""
    with open_content(tmp_path, content) as table:
        assert [field.name for field in table.fields] == ["x", "n", "note"]
        ((chunk, malformed),) = table.read_chunks()
        assert [*chunk.positions] == ["line 2", "line 3"]
        assert malformed == []
        assert table.share_read == 1


def test_parquet_is_read(tmp_path: Path) -> None:
    """The first bytes decide, not the name."""
    path = write_parquet(tmp_path, "in.csv", x=[0.5, 1.5], n=[1, 2])
    with path.open("rb") as file:
        table = open_table(path, file)
        assert [field.name for field in table.fields] == ["x", "n"]
        ((chunk, _),) = table.read_chunks()
        assert [*chunk.positions] == ["row 1", "row 2"]


def test_file_is_read_chunk_by_chunk(tmp_path: Path) -> None:
    """At most one chunk is read ahead: memory does not grow with the file."""
    rows = 3 * CHUNK_ROWS + 1
    text = "x,n,note\n" + f"0.5,1,{'a' * 50}\n" * rows
    with open_content(tmp_path, text) as table:
        chunks = table.read_chunks()
        first, _ = next(chunks)
        assert len(first.positions) == CHUNK_ROWS
        assert table.share_read < 0.5
        sizes = [len(chunk.positions) for chunk, _ in chunks]
        assert sizes == [CHUNK_ROWS, CHUNK_ROWS, 1]
    path = write_parquet(tmp_path, x=[0.5] * rows)
    with path.open("rb") as file:
        positions = [chunk.positions for chunk, _ in open_table(path, file).read_chunks()]
    assert [len(each) for each in positions] == [*[CHUNK_ROWS] * 3, 1]
    assert positions[-1][-1] == f"row {rows}"


def test_row_with_the_wrong_number_of_cells_is_malformed(tmp_path: Path) -> None:
    """The other rows are read."""
    with open_content(tmp_path, 'x,n,note\n1,2\n1,2,"a\nb"\n1,2,3,4\n') as table:
        ((chunk, malformed),) = table.read_chunks()
    assert [*chunk.positions] == ["line 3"]
    assert malformed == [
        ("line 2", "has 2 cells, but the first line names 3 columns"),
        ("line 5", "has 4 cells, but the first line names 3 columns"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "no header"),
        (b'x\n"1\n', "line 2: a quote is not closed"),
        (b"x\n1\n\xe4\n", "line 3 is not utf-8 text; use --encoding"),
        ("x\n1\n".encode("utf-16"), "line 1 is not utf-8 text; use --encoding"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-12], "repair the file"),
        (b"\x1f\x8bnot gzip", "repair the file"),
        (b"PAR1 and no more", "not a readable Parquet file"),
    ],
)
def test_invalid_file_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    """The message has the path and, if known, the line."""
    with (
        pytest.raises(CommandFailed, match=message) as caught,
        open_content(tmp_path, content) as table,
    ):
        [*table.read_chunks()]
    assert "in.csv" in caught.value.message
    assert "\n" not in caught.value.message
