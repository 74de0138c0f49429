"""`text/csv`."""

import csv
import io
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.codecs.csv_table import MISSING, csv_cast, csv_frame
from baton_inference.errors import InvalidRows, MalformedBody, Refused, TooManyRows
from baton_registry.signature import Column, ColumnType, Signature

NAMES = ("a", "s")
REFUSED = object()


def table(text: str | bytes) -> dict[str, list[str]]:
    """The cells by column."""
    body = text if isinstance(text, bytes) else text.encode()
    return {name: [*cells] for name, cells in csv_frame(body, NAMES, 10).columns.items()}


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
def test_reads(text: str, expected: Any) -> None:
    """Cells are read after RFC 4180, with any line ends, and blank lines passed over."""
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
def test_refused(text: str | bytes, message: str) -> None:
    """What is no table is malformed, and the text says how."""
    with pytest.raises(MalformedBody, match=message):
        table(text)


def test_rows_are_bounded() -> None:
    """More rows than allowed are too many."""
    with pytest.raises(TooManyRows):
        table("a\n" + "1\n" * 11)


def test_names_are_made_unique() -> None:
    """A name that comes again gets a number, as in pandas: a model's column may be the second."""
    frame = csv_frame(b"a,a,a.1,\n1,2,3,4", ("a", "a.1", "a.1.1", "Unnamed: 3"), 10)
    assert [cells[0] for cells in frame.columns.values()] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("double", ["1", "-.5", "1.", "+1e3", " 1 "], [1.0, -0.5, 1.0, 1000.0, 1.0]),
        ("double", ["True", "false"], [1.0, 0.0]),
        ("double", ["True", "1"], REFUSED),
        ("double", ["1_0"], REFUSED),
        ("double", ["NAN"], REFUSED),
        ("double", ["0x1"], REFUSED),
        ("double", ["\uff11"], REFUSED),
        ("double", ["x"], REFUSED),
        ("float", ["0.5"], [0.5]),
        ("long", ["1", "2.0", "1e3", "007", " -1 "], [1, 2, 1000, 7, -1]),
        ("long", ["TRUE"], [1]),
        ("long", ["1.5"], REFUSED),
        ("long", ["NA"], REFUSED),
        ("long", ["inf"], REFUSED),
        ("long", [str(2**63 - 1)], [2**63 - 1]),
        ("long", [str(2**63)], REFUSED),
        ("integer", [str(2**31)], REFUSED),
        ("boolean", ["true", "FALSE"], [True, False]),
        ("boolean", ["1", "0.0"], [True, False]),
        ("boolean", ["2"], REFUSED),
        ("boolean", ["True", "1"], REFUSED),
        ("boolean", [""], REFUSED),
        ("boolean", [" true"], REFUSED),
        ("string", ["NA", " NA", "none", "1"], ["", " NA", "none", "1"]),
    ],
)
def test_casts(kind: ColumnType, values: list[str], expected: Any) -> None:
    """A column is what pandas reads with the signature's type."""
    try:
        assert csv_cast(Column("c", kind), values).tolist() == expected
    except ValueError:
        assert expected is REFUSED


@pytest.mark.parametrize("marker", sorted(MISSING))
def test_missing_markers(marker: str) -> None:
    """Each of pandas' markers is a missing number and a missing text."""
    assert math.isnan(csv_cast(Column("c", "double"), [marker])[0])
    assert csv_cast(Column("c", "string"), [marker]).tolist() == [""]


def test_bad_cells_are_named() -> None:
    """A cell that is not of its column's type is named with its row."""
    signature = Signature((Column("a", "long"),))
    with pytest.raises(InvalidRows) as caught:
        csv_frame(b"a\n1\n1.5\nx", ("a",), 10).to_batch(signature)
    told = [(cell.row, cell.message) for cell in caught.value.cells]
    assert told == [(1, "must be a whole number"), (2, "must be a number")]


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5).filter(
    lambda text: bool(text.strip(" \t"))
)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_what_is_written_is_read(rows: list[tuple[str, str]]) -> None:
    """Any cells, quoted as RFC 4180 says, come back."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])
    assert table(text.getvalue()) == {
        "a": [first for first, _ in rows],
        "s": [second for _, second in rows],
    }


@given(st.text(st.sampled_from('a1,"\r\n \0x.')) | st.binary(max_size=30).map(repr))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    """Whatever the text, it is a table of equal columns, or refused."""
    try:
        frame = csv_frame(text.encode(), NAMES, 10)
    except Refused:
        return
    assert all(len(cells) == frame.rows for cells in frame.columns.values())
