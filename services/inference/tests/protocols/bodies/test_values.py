"""The limit on the values of a body."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import TooManyRows
from baton_inference.protocols.bodies.values import (
    check_csv_values,
    check_json_values,
    compute_max_values,
)
from baton_inference.protocols.media import MediaHeaders
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import SCHEMA

ROWS = 20
LIMIT = compute_max_values(3, ROWS)
CODECS = make_live_version(max_rows=ROWS).codecs


def is_accepted(body: bytes, limit: int) -> bool:
    """Whether a JSON text has at most `limit` values."""
    try:
        check_json_values(body, limit)
    except TooManyRows:
        return False
    return True


@pytest.mark.parametrize("unit", [b"[],", b"{},", b"1,", b'"",', b'"a":1,', b"[[[["])
def test_values_of_every_kind_are_counted(unit: bytes) -> None:
    """Lists, objects, numbers, strings and keys each take memory."""
    assert is_accepted(unit * 10, 100)
    assert not is_accepted(unit * 101, 100)


def test_a_string_is_one_value() -> None:
    """It may contain commas, brackets and escaped quotes."""
    text = json.dumps(['[{,\\",' * 1000, "a"]).encode()
    assert is_accepted(text, 100)
    assert not is_accepted(text[:-1] + b"," + b"1," * 101, 100)


def test_strings_in_utf_16_are_counted_as_values() -> None:
    """In UTF-16 a byte that looks like a quote can be half of another character."""
    assert not is_accepted(json.dumps([1] * 200).encode("utf-16"), 100)
    assert not is_accepted(json.dumps(["\u2222," * 200], ensure_ascii=False).encode("utf-16"), 100)


@given(
    st.recursive(
        st.none() | st.text() | st.floats(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_every_value_of_a_document_is_counted(document: Any) -> None:
    """A document with more values than the limit is refused, whatever its strings."""
    body = json.dumps(document).encode()
    count = count_values(document)
    if count > 1:
        assert not is_accepted(body + b" " * 1000, count - 2)
    assert is_accepted(body, count)


def count_values(document: Any) -> int:
    """Counts the values in a document. An empty list or object counts as one, for its memory."""
    if isinstance(document, list):
        return max(len(document), 1) + sum(map(count_values, document))
    if isinstance(document, dict):
        return max(len(document), 1) + sum(map(count_values, document.values()))
    return 0


def test_cells_of_csv_are_counted() -> None:
    """The number of cells is the number of commas and line ends."""
    check_csv_values(b"a,b\n1,2\n" * 10, 100)
    for unit in (b"1,", b"1\n", b"1\r"):
        with pytest.raises(TooManyRows, match="100 values"):
            check_csv_values(unit * 101, 100)


@pytest.mark.parametrize(
    ("protocol", "media_type", "body"),
    [
        ("predict", "application/json", b'{"instances":[%s1]}' % (b"1," * LIMIT)),
        ("predict", "application/json", b'{"instances":[{%s"x":1}]}' % (b'"y":1,' * LIMIT)),
        ("invocations", "application/json", b'{"z":[%s1]}' % (b"[]," * LIMIT)),
        ("invocations", "text/csv", b"x,n\n" + b"1\n" * LIMIT),
        ("v2", "application/json", b'{"inputs":[],"parameters":{"a":[%s1]}}' % (b"{}," * LIMIT)),
    ],
)
def test_every_protocol_counts_before_it_parses(
    protocol: str, media_type: str, body: bytes
) -> None:
    """A body with more values than the model can need is refused."""
    media = MediaHeaders([(b"content-type", media_type.encode())])
    with pytest.raises(TooManyRows, match="values"):
        CODECS[protocol].decode(body, media)


def test_the_largest_valid_body_is_accepted() -> None:
    """It has the most rows, each cell in a list of one, and extra columns."""
    assert len(SCHEMA.columns) == 3
    row = {"x": 1, "n": 1, "note": "a", **{f"extra{n}": n for n in range(9)}}
    body = json.dumps({"dataframe_records": [row] * ROWS}).encode()
    media = MediaHeaders([(b"content-type", b"application/json")])
    assert CODECS["invocations"].decode(body, media).rows == ROWS
    tensor = {"shape": [ROWS, 1], "data": [[1]] * ROWS}
    inputs = [
        {"name": "x", "datatype": "FP64", **tensor},
        {"name": "n", "datatype": "INT64", **tensor},
    ]
    assert CODECS["v2"].decode(json.dumps({"inputs": inputs}).encode(), media).rows == ROWS
