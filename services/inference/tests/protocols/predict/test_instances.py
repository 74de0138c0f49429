"""The decoder of instances: a fast path and a slow one that agree, and what they refuse."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.cells import MAX_NAMED_CELLS
from baton_inference.errors import InvalidRows, MalformedBody, RequestRejected, TooManyRows
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_registry.versions.schema import Column, Schema, TypeName
from tests.support.fakes.models import GOOD_BODY, SCHEMA

TYPES: tuple[TypeName, ...] = ("boolean", "integer", "long", "float", "double", "string")
ALL_TYPES = Schema(
    tuple(Column(kind, kind, required) for kind in TYPES for required in (True,))
    + tuple(Column(f"{kind}?", kind, required=False) for kind in TYPES)
)
FULL_ROW: dict[str, Any] = {
    "boolean": True,
    "integer": 1,
    "long": 2,
    "float": 0.5,
    "double": 0.25,
    "string": "a",
}
AT_THE_EDGE = [
    "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1.0", "1e3", "-0",
    "-0.0", "0.1", "1e-999", "3.4028234663852886e38", "3.5e38", "-3.5e38", "1e308", "1e999",
    "-1e999", "9" * 400, "9" * 5000, "9223372036854775808.0", "9223372036854774784.0", "null",
    "true", "false", '"1"', '""', '"\\u0000"', '"\\ud83d\\ude00"', "[]", "{}", "[1]", '{"a":1}',
]  # fmt: skip
NOT_JSON = ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "tru", "'a'", '"\\ud800"',
            '"\\udc00"', '"\t"', "", '"\\x"', "1 2", "[1,]"]  # fmt: skip


def decoder(schema: Schema = SCHEMA, max_rows: int = 100) -> InstancesDecoder:
    """A decoder of a schema."""
    return InstancesDecoder(schema, max_rows=max_rows)


def outcome(read: Any, body: bytes) -> Any:
    """What a path gives for a body: values, with NaN made comparable, or the error."""
    try:
        rows = read(body)
    except RequestRejected as error:
        return type(error), str(error), getattr(error, "cells", None)
    return rows if rows is None else [tuple(map(repr, row)) for row in rows]


def assert_paths_agree(under_test: InstancesDecoder, body: bytes) -> None:
    """What the fast path takes, the slow path takes, with the same values."""
    fast = outcome(under_test.decode_fast, body)
    assert fast is None or fast == outcome(under_test.decode_slowly, body)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
texts = (
    st.sampled_from([*AT_THE_EDGE, *NOT_JSON])
    | scalars.map(json.dumps)
    | scalars.map(lambda value: json.dumps(value, ensure_ascii=False))
    | st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)
names = st.sampled_from([*(column.name for column in ALL_TYPES.columns), "other"])
space = st.sampled_from(["", " ", "\n\t"])
rows = st.lists(st.tuples(names, space, texts, space), max_size=14).map(
    lambda cells: "{" + ",".join(f"{json.dumps(n)}:{a}{t}{b}" for n, a, t, b in cells) + "}"
)
fitting = {
    "boolean": st.sampled_from(["true", "false"]),
    "integer": st.integers(-(2**31) - 1, 2**31).map(str),
    "long": st.integers(-(2**63) - 1, 2**63).map(str),
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    "double": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "string": st.text().map(json.dumps),
}
almost_good_rows = st.fixed_dictionaries(
    fitting,
    optional={
        "long?": fitting["long"],
        "string?": st.just("null"),
        "float?": texts,
        "other": texts,
    },
).map(lambda cells: "{" + ",".join(f"{json.dumps(n)}:{t}" for n, t in cells.items()) + "}")


@given(st.lists(rows | almost_good_rows | texts, max_size=4))
def test_fast_and_slow_path_agree_on_any_instances(instances: list[str]) -> None:
    """Whatever stands in the rows, the fast path takes nothing that the slow one would not."""
    body = ('{"instances":[' + ",".join(instances) + "]}").encode()
    assert_paths_agree(decoder(ALL_TYPES), body)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_rows_or_refused(body: bytes) -> None:
    """No body, whatever its bytes, ends in anything but rows or a refusal."""
    assert_paths_agree(decoder(), body)
    assert outcome(decoder().decode_slowly, body) is not None


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "boolean": st.booleans(),
                "integer": st.integers(-(2**31), 2**31 - 1),
                "long": st.integers(-(2**63), 2**63 - 1),
                "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
                "double": st.floats(allow_nan=False, allow_infinity=False),
                "string": st.text(),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_allowed_value_arrives_by_the_fast_path(instances: list[dict[str, Any]]) -> None:
    """What the types allow is taken by the fast path, value for value, in order."""
    body = json.dumps({"instances": instances}).encode()
    assert decoder(ALL_TYPES).decode_fast(body) is not None
    assert_paths_agree(decoder(ALL_TYPES), body)
    rows = decoder(ALL_TYPES).decode(body)
    places = {column.name: place for place, column in enumerate(ALL_TYPES.columns)}
    assert len(rows) == len(instances)
    for kind in TYPES:
        assert [row[places[kind]] for row in rows] == [instance[kind] for instance in instances]
        assert {row[places[f"{kind}?"]] for row in rows} == {None}


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_not_json_is_malformed(text: str) -> None:
    """Literals beyond JSON, lone surrogates and broken syntax are refused as malformed."""
    body = b'{"instances":[{"x":1,"n":1,"note":' + text.encode() + b"}]}"
    with pytest.raises(MalformedBody):
        decoder().decode(body)


@pytest.mark.parametrize("body", [rb'{"instances":[{"note":"\ud800"}]}', rb'{"\udc00":1}'])
def test_a_lone_surrogate_is_named(body: bytes) -> None:
    """It is not taken for a body that was cut off."""
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
    """What is not an object with a list of objects is malformed, and so is what is not UTF-8."""
    with pytest.raises(MalformedBody):
        decoder().decode(body)


def test_last_of_a_duplicate_key_counts() -> None:
    """Of a duplicate key the last counts, whatever the earlier ones hold."""
    body = b'{"instances":3,"instances":[{"x":"no","x":{},"x":7,"n":1}]}'
    assert decoder().decode(body) == [(7.0, 1, None)]
    body = b'{"instances":[{"x":7,"x":"no","n":1}]}'
    with pytest.raises(InvalidRows):
        decoder().decode(body)


def test_an_unknown_column_is_a_bad_cell() -> None:
    """A column that the model does not have is refused, and not passed over."""
    with pytest.raises(InvalidRows) as caught:
        decoder().decode(b'{"instances":[{"x":1,"n":1,"odd":1}]}')
    assert [cell.column for cell in caught.value.cells] == ["odd"]


def test_every_bad_cell_is_named() -> None:
    """Each bad cell of each row is named with its row, its column and a message of its own."""
    instances = [
        {"x": 1, "n": 1},
        {"x": "SECRET", "n": 1.5, "odd": 1},
        {"n": True, "note": 7},
        {"x": None, "n": 2**63},
    ]
    with pytest.raises(InvalidRows) as caught:
        decoder().decode(json.dumps({"instances": instances}).encode())
    assert [(cell.row, cell.column, cell.message) for cell in caught.value.cells] == [
        (1, "x", "must be a number, not text"),
        (1, "n", "must be a whole number, not a fraction"),
        (1, "odd", "is not a column of the model"),
        (2, "x", "is missing"),
        (2, "n", "must be a whole number, not a boolean"),
        (2, "note", "must be text, not a number"),
        (3, "x", "must be a number; the column is required, null is not allowed"),
        (3, "n", "is beyond the range of the column's type, long"),
    ]
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "9" * 5000])
def test_a_number_beyond_a_double_overflows(number: str) -> None:
    """A number that no double holds is a bad cell, however it is written."""
    with pytest.raises(InvalidRows, match="1 cell is"):
        decoder().decode(f'{{"instances":[{{"x":{number},"n":1}}]}}'.encode())


@pytest.mark.parametrize(
    "number", ["2147483648", "-2147483649", "2147483648.0", "1e10", "9" * 5000]
)
def test_a_number_beyond_an_integer_overflows(number: str) -> None:
    """A number that no 32-bit integer holds is a bad cell, whole or written as a fraction."""
    under_test = decoder(Schema((Column("i", "integer"),)))
    with pytest.raises(InvalidRows) as caught:
        under_test.decode(f'{{"instances":[{{"i":{number}}}]}}'.encode())
    assert "beyond the range" in caught.value.cells[0].message


def test_a_whole_number_may_be_written_as_a_fraction() -> None:
    """`1.0` and `1e2` are whole numbers."""
    rows = decoder().decode(b'{"instances":[{"x":1,"n":1.0},{"x":1,"n":1e2}]}')
    assert [row[1] for row in rows] == [1, 100]
    assert {type(row[1]) for row in rows} == {int}


def test_absent_and_null_both_mean_missing() -> None:
    """In optional columns, absent and null are missing."""
    schema = Schema((Column("f", "double", required=False), Column("s", "string", False)))
    rows = decoder(schema).decode(b'{"instances":[{},{"f":null,"s":null},{"f":1,"s":"a"}]}')
    assert rows == [(None, None), (None, None), (1.0, "a")]


def test_at_most_a_hundred_cells_are_named() -> None:
    """Of many bad cells a hundred are named, and the text says that there may be more."""
    body = json.dumps({"instances": [{"x": "no", "n": "no"}] * 90}).encode()
    with pytest.raises(InvalidRows, match="100 or more") as caught:
        decoder().decode(body)
    assert len(caught.value.cells) == MAX_NAMED_CELLS


def test_too_many_rows_outrank_bad_rows() -> None:
    """Rows over the limit are refused as too many, be they good or bad."""
    at_limit = json.dumps({"instances": [{"x": 1, "n": 1}] * 100}).encode()
    assert len(decoder().decode(at_limit)) == 100
    for row in ({"x": 1, "n": 1}, {"x": "no"}, {}, 7):
        with pytest.raises(TooManyRows, match="101 rows"):
            decoder().decode(json.dumps({"instances": [row] * 101}).encode())


def test_braces_in_text_are_not_rows() -> None:
    """A text full of braces does not make a row more than one."""
    body = json.dumps({"instances": [{"x": 1, "n": 1, "note": "{" * 1000}]}).encode()
    assert len(decoder().decode(body)) == 1


def test_no_instances_are_invalid() -> None:
    """An empty list is well-formed, and refused."""
    with pytest.raises(InvalidRows, match="no instances"):
        decoder().decode(b'{"instances":[]}')


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "", "é", "instances", "c0", "\x7f"])
def test_any_name_of_a_column_is_served(name: str) -> None:
    """A column may have any name, also one that the fast path cannot know."""
    under_test = decoder(Schema((Column(name, "long"), Column("other", "long"))))
    body = json.dumps({"instances": [{name: 1, "other": 2}]}).encode()
    assert under_test.decode(body) == [(1, 2)]
    with pytest.raises(InvalidRows):
        under_test.decode(b'{"instances":[{"other":2}]}')
