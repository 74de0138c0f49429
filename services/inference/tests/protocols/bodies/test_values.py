"""How many values a body may hold."""

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


def is_taken(body: bytes, limit: int) -> bool:
    """Whether a JSON text has few enough values."""
    try:
        check_json_values(body, limit)
    except TooManyRows:
        return False
    return True


@pytest.mark.parametrize("unit", [b"[],", b"{},", b"1,", b'"",', b'"a":1,', b"[[[["])
def test_values_are_counted_whatever_they_are(unit: bytes) -> None:
    """Lists, objects, numbers, texts and keys: each takes memory of its own."""
    assert is_taken(unit * 10, 100)
    assert not is_taken(unit * 101, 100)


def test_what_stands_in_a_text_is_none() -> None:
    """A long text with commas and brackets is one value; quotes in it do not end it."""
    text = json.dumps(['[{,\\",' * 1000, "a"]).encode()
    assert is_taken(text, 100)
    assert not is_taken(text[:-1] + b"," + b"1," * 101, 100)


def test_utf_16_is_not_believed() -> None:
    """There, what looks like a quote may be half of another character."""
    assert not is_taken(json.dumps([1] * 200).encode("utf-16"), 100)
    assert not is_taken(json.dumps(["\u2222," * 200], ensure_ascii=False).encode("utf-16"), 100)


@given(
    st.recursive(
        st.none() | st.text() | st.floats(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_no_document_is_counted_short(document: Any) -> None:
    """Whatever texts it holds, a document with more values than the limit is refused."""
    body = json.dumps(document).encode()
    count = values_of(document)
    if count > 1:
        assert not is_taken(body + b" " * 1000, count - 2)
    assert is_taken(body, count)


def values_of(document: Any) -> int:
    """The values in a document; an empty list or object counts for one, as it takes memory, too."""
    if isinstance(document, list):
        return max(len(document), 1) + sum(map(values_of, document))
    if isinstance(document, dict):
        return max(len(document), 1) + sum(map(values_of, document.values()))
    return 0


def test_cells_of_csv_are_counted() -> None:
    """Wide or long, a table has as many cells as commas and line ends."""
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
def test_every_protocol_looks_first(protocol: str, media_type: str, body: bytes) -> None:
    """A body of more values than the model could need is refused before it is parsed."""
    media = MediaHeaders([(b"content-type", media_type.encode())])
    with pytest.raises(TooManyRows, match="values"):
        CODECS[protocol].decode(body, media)


def test_what_the_model_needs_fits() -> None:
    """The most rows, each cell in a list of its own and extra columns beside, are within."""
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
