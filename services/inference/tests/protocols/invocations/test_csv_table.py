"""`text/csv`."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import InvalidRows, MalformedBody, RequestRejected, TooManyRows
from baton_inference.protocols.invocations.csv_table import read_csv
from baton_registry.versions.schema import Column, Schema

NAMES = ("a", "s")


def table(text: str | bytes) -> dict[str, list[str]]:
    """Reads a table; returns its cells by column."""
    body = text if isinstance(text, bytes) else text.encode()
    return {name: [*cells] for name, cells in read_csv(body, NAMES, 10).columns.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,s\n1,x\n", {"a": ["1"], "s": ["x"]}),
        ("s,z,a\r\nx,?,1\r\n", {"a": ["1"], "s": ["x"]}),
        ("a,s\r1,x\r2,y", {"a": ["1", "2"], "s": ["x", "y"]}),
        ("\n \na,s\n\n1,x\n\t\n", {"a": ["1"], "s": ["x"]}),
        ("\ufeffa,s\n1,x", {"a": ["1"], "s": ["x"]}),
        ('"a","s"\n"1","x,""y""\r\nz"', {"a": ["1"], "s": ['x,"y"\r\nz']}),
        ('a,s\n1,x"y\n2,"x"y', {"a": ["1", "2"], "s": ['x"y', "xy"]}),
        ("a,s\n1", {"a": ["1"], "s": [""]}),
        ("a\n1\n", {"a": ["1"]}),
        ('a\n""\n', {"a": [""]}),
        ("a,a,s\n1,2,x", {"a": ["1"], "s": ["x"]}),
        ("a,s\n7,1,x\n8,2,y", {"a": ["1", "2"], "s": ["x", "y"]}),
        ("a,s\n", {"a": [], "s": []}),
    ],
)
def test_tables_are_read(text: str, expected: Any) -> None:
    """The format is RFC 4180 with any line ends. Blank lines are skipped."""
    assert table(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no header"),
        (" \n\n", "no header"),
        ('a,s\n1,"x\n', "a quote is not closed"),
        ("a,s\n1,x\n1,x,2", "row 1 has 3 cells"),
        (b"a,s\n1,\xff", "not UTF-8"),
        ("a,s\n1," + "x" * 140_000, "not CSV"),
    ],
)
def test_other_bodies_are_malformed(text: str | bytes, message: str) -> None:
    """The message gives the reason."""
    with pytest.raises(MalformedBody, match=message):
        table(text)


def test_rows_over_the_limit_are_refused() -> None:
    with pytest.raises(TooManyRows):
        table("a\n" + "1\n" * 11)


def test_duplicate_names_get_a_number() -> None:
    """This is what pandas does, so a column of the model can be the second one."""
    frame = read_csv(b"a,a,a.1,\n1,2,3,4", ("a", "a.1", "a.1.1", "Unnamed: 3"), 10)
    assert [cells[0] for cells in frame.columns.values()] == ["1", "2", "3", "4"]


def test_bad_cells_are_named() -> None:
    """The error names the row of each cell that is not of its column's type."""
    schema = Schema((Column("a", "long"),))
    with pytest.raises(InvalidRows) as caught:
        read_csv(b"a\n1\n1.5\nx", ("a",), 10).to_batch(schema)
    cells = [(cell.row, cell.message) for cell in caught.value.cells]
    assert cells == [(1, "must be a whole number"), (2, "must be a number")]


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5).filter(
    lambda text: bool(text.strip(" \t"))
)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_quoted_cells_are_read_back(rows: list[tuple[str, str]]) -> None:
    """This holds for any text in the quotes of RFC 4180."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])
    assert table(text.getvalue()) == {
        "a": [first for first, _ in rows],
        "s": [second for _, second in rows],
    }


@given(st.text(st.sampled_from('a1,"\r\n \0x.')) | st.binary(max_size=30).map(repr))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    """All columns of a table have the same length."""
    try:
        frame = read_csv(text.encode(), NAMES, 10)
    except RequestRejected:
        return
    assert all(len(cells) == frame.rows for cells in frame.columns.values())
