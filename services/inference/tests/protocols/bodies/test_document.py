"""The JSON of `/invocations`."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import MalformedBody
from baton_inference.protocols.bodies.document import parse_object

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=8,
)


@given(values, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]), st.booleans())
def test_documents_are_read_as_python_reads_them(
    value: Any, encoding: str, ascii_only: Any
) -> None:
    """Values and types equal those of Python's `json`."""
    body = json.dumps({"a": value}, ensure_ascii=ascii_only).encode(encoding)
    assert repr(parse_object(body)) == repr(json.loads(body))


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9223372036854775808", "1" * 400, "-0"])
def test_large_numbers_are_read_as_python_reads_them(number: str) -> None:
    """This holds for the fast path, too."""
    body = f'{{"a":{number}}}'.encode()
    assert repr(parse_object(body)) == repr(json.loads(body))


def test_the_last_of_a_duplicate_key_counts() -> None:
    assert parse_object(b'{"a":1,"a":2}') == {"a": 2}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"1", "not a JSON object"),
        (b'{"a":1} x', "not JSON"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":"\\ud800"}', "lone surrogate"),
        (b'{"\\udc00":1}', "lone surrogate"),
        (b'{"a":' + b"9" * 5000 + b"}", "too long"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", "nested too deeply"),
    ],
)
def test_other_bodies_are_malformed(body: bytes, message: str) -> None:
    """The message gives the reason."""
    with pytest.raises(MalformedBody, match=message):
        parse_object(body)
