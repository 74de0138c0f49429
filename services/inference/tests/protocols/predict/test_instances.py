"""The decoder of instances: accepted and refused bodies."""

import json

import pytest

from baton_engine.tables.cell_errors import MAX_NAMED_CELLS
from baton_inference.errors import InvalidRows, MalformedBody, TooManyRows
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_registry.versions.schema import Column, Schema
from tests.support.bodies.not_json import NOT_JSON
from tests.support.fakes.models import GOOD_BODY, SCHEMA


def decoder(schema: Schema = SCHEMA, max_rows: int = 100) -> InstancesDecoder:
    """Makes the decoder of a schema."""
    return InstancesDecoder(schema, max_rows=max_rows)


@pytest.mark.parametrize("text", NOT_JSON)
def test_invalid_json_is_malformed(text: str) -> None:
    """It has literals that JSON lacks, lone surrogates or broken syntax."""
    body = b'{"instances":[{"x":1,"n":1,"note":' + text.encode() + b"}]}"
    with pytest.raises(MalformedBody):
        decoder().decode(body)


@pytest.mark.parametrize("body", [rb'{"instances":[{"note":"\ud800"}]}', rb'{"\udc00":1}'])
def test_a_lone_surrogate_is_named(body: bytes) -> None:
    """The message does not report a truncated body."""
    with pytest.raises(MalformedBody, match="has a lone surrogate"):
        decoder().decode(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"{}",
        b'{"instances":null}',
        b'{"instances":{}}',
        b'{"instances":"a"}',
        b'{"instances":[1]}',
        b'{"instances":[null]}',
        b'{"instances":[[]]}',
        b'{"instances":[{"x":1,"n":1}],"more":1}',
        b'{"rows":[]}',
        b"\xef\xbb\xbf" + GOOD_BODY,
        GOOD_BODY.decode().encode("utf-16"),
        GOOD_BODY + b"x",
        b'{"instances":[{"x":1,"n":1,"note":"\xff"}]}',
        b'{"instances":[{"x":1,"n":1,"note":["\xff"]}]}',
        b'{"instances":[{"x":1,"n":1,"note":"\xed\xa0\x80"}]}',
        b'{"instances":[{"x":1,"n":1,"note":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        b"[" * 200_000,
    ],
)
def test_wrong_shapes_are_malformed(body: bytes) -> None:
    """They are not UTF-8, or not an object with a list of objects."""
    with pytest.raises(MalformedBody):
        decoder().decode(body)


def test_last_of_a_duplicate_key_counts() -> None:
    """The earlier values may be invalid."""
    body = b'{"instances":3,"instances":[{"x":"no","x":{},"x":7,"n":1}]}'
    assert decoder().decode(body) == [(7.0, 1, None)]
    body = b'{"instances":[{"x":7,"x":"no","n":1}]}'
    with pytest.raises(InvalidRows):
        decoder().decode(body)


def test_an_unknown_column_is_a_bad_cell() -> None:
    """It is not ignored."""
    with pytest.raises(InvalidRows) as caught:
        decoder().decode(b'{"instances":[{"x":1,"n":1,"other":1}]}')
    assert [cell.column for cell in caught.value.cells] == ["other"]


def test_every_bad_cell_is_named() -> None:
    """The error names its row and column, and gives a message."""
    instances = [
        {"x": 1, "n": 1},
        {"x": "SECRET", "n": 1.5, "other": 1},
        {"n": True, "note": 7},
        {"x": None, "n": 2**63},
    ]
    with pytest.raises(InvalidRows) as caught:
        decoder().decode(json.dumps({"instances": instances}).encode())
    assert [(cell.row, cell.column, cell.message) for cell in caught.value.cells] == [
        (1, "x", "must be a number, not text"),
        (1, "n", "must be a whole number, not a fraction"),
        (1, "other", "is not a column of the model"),
        (2, "x", "is missing"),
        (2, "n", "must be a whole number, not a boolean"),
        (2, "note", "must be text, not a number"),
        (3, "x", "must be a number; the column is required, null is not allowed"),
        (3, "n", "is beyond the range of the column's type, long"),
    ]
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "9" * 5000])
def test_a_number_beyond_a_double_is_a_bad_cell(number: str) -> None:
    """Its notation does not matter."""
    with pytest.raises(InvalidRows, match="1 cell is"):
        decoder().decode(f'{{"instances":[{{"x":{number},"n":1}}]}}'.encode())


@pytest.mark.parametrize(
    "number", ["2147483648", "-2147483649", "2147483648.0", "1e10", "9" * 5000]
)
def test_a_number_beyond_an_integer_is_a_bad_cell(number: str) -> None:
    """The limits are those of 32 bits, for whole numbers and for fractions."""
    under_test = decoder(Schema((Column("i", "integer"),)))
    with pytest.raises(InvalidRows) as caught:
        under_test.decode(f'{{"instances":[{{"i":{number}}}]}}'.encode())
    assert "beyond the range" in caught.value.cells[0].message


def test_a_whole_number_may_be_written_as_a_fraction() -> None:
    """Examples are `1.0` and `1e2`."""
    rows = decoder().decode(b'{"instances":[{"x":1,"n":1.0},{"x":1,"n":1e2}]}')
    assert [row[1] for row in rows] == [1, 100]
    assert {type(row[1]) for row in rows} == {int}


def test_absent_and_null_both_mean_missing() -> None:
    """The columns are optional."""
    schema = Schema((Column("f", "double", required=False), Column("s", "string", False)))
    rows = decoder(schema).decode(b'{"instances":[{},{"f":null,"s":null},{"f":1,"s":"a"}]}')
    assert rows == [(None, None), (None, None), (1.0, "a")]


def test_at_most_a_hundred_cells_are_named() -> None:
    """The message says that there may be more."""
    body = json.dumps({"instances": [{"x": "no", "n": "no"}] * 90}).encode()
    with pytest.raises(InvalidRows, match="100 or more") as caught:
        decoder().decode(body)
    assert len(caught.value.cells) == MAX_NAMED_CELLS


def test_too_many_rows_outrank_bad_rows() -> None:
    """Rows over the limit are too many, whether they are valid or not."""
    at_limit = json.dumps({"instances": [{"x": 1, "n": 1}] * 100}).encode()
    assert len(decoder().decode(at_limit)) == 100
    for row in ({"x": 1, "n": 1}, {"x": "no"}, {}, 7):
        with pytest.raises(TooManyRows, match="101 rows"):
            decoder().decode(json.dumps({"instances": [row] * 101}).encode())


def test_braces_in_strings_are_not_rows() -> None:
    """A string full of braces is one cell."""
    body = json.dumps({"instances": [{"x": 1, "n": 1, "note": "{" * 1000}]}).encode()
    assert len(decoder().decode(body)) == 1


def test_an_empty_list_of_instances_is_refused() -> None:
    """It is well-formed, so the rows are invalid."""
    with pytest.raises(InvalidRows, match="no instances"):
        decoder().decode(b'{"instances":[]}')


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "", "é", "instances", "c0", "\x7f"])
def test_a_column_can_have_any_name(name: str) -> None:
    """The fast path does not support all names."""
    under_test = decoder(Schema((Column(name, "long"), Column("other", "long"))))
    body = json.dumps({"instances": [{name: 1, "other": 2}]}).encode()
    assert under_test.decode(body) == [(1, 2)]
    with pytest.raises(InvalidRows):
        under_test.decode(b'{"instances":[{"other":2}]}')
