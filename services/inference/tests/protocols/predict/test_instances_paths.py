"""The decoder of instances: its fast and slow paths agree."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import RequestRejected
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_registry.versions.schema import Column, Schema, TypeName
from tests.support.bodies.not_json import NOT_JSON
from tests.support.fakes.models import SCHEMA

TYPES: tuple[TypeName, ...] = ("boolean", "integer", "long", "float", "double", "string")
ALL_TYPES = Schema(
    tuple(Column(kind, kind) for kind in TYPES)
    + tuple(Column(f"{kind}?", kind, required=False) for kind in TYPES)
)
AT_THE_EDGE = [
    "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1.0", "1e3", "-0",
    "-0.0", "0.1", "1e-999", "3.4028234663852886e38", "3.5e38", "-3.5e38", "1e308", "1e999",
    "-1e999", "9" * 400, "9" * 5000, "9223372036854775808.0", "9223372036854774784.0", "null",
    "true", "false", '"1"', '""', '"\\u0000"', '"\\ud83d\\ude00"', "[]", "{}", "[1]", '{"a":1}',
]  # fmt: skip


def decoder(schema: Schema = SCHEMA, max_rows: int = 100) -> InstancesDecoder:
    """Makes the decoder of a schema."""
    return InstancesDecoder(schema, max_rows=max_rows)


def decode(read: Any, body: bytes) -> Any:
    """Decodes a body with one path. Returns comparable values, or the error."""
    try:
        rows = read(body)
    except RequestRejected as error:
        return type(error), str(error), getattr(error, "cells", None)
    return rows if rows is None else [tuple(map(repr, row)) for row in rows]


def assert_paths_agree(under_test: InstancesDecoder, body: bytes) -> None:
    """Asserts that the slow path accepts what the fast path accepts, with the same values."""
    fast = decode(under_test.decode_fast, body)
    assert fast is None or fast == decode(under_test.decode_slowly, body)


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
    """The fast path accepts nothing that the slow path refuses."""
    body = ('{"instances":[' + ",".join(instances) + "]}").encode()
    assert_paths_agree(decoder(ALL_TYPES), body)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_rows_or_refused(body: bytes) -> None:
    """No body causes another error."""
    assert_paths_agree(decoder(), body)
    assert decode(decoder().decode_slowly, body) is not None


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
def test_the_fast_path_accepts_every_allowed_value(instances: list[dict[str, Any]]) -> None:
    """Values and order stay the same."""
    body = json.dumps({"instances": instances}).encode()
    assert decoder(ALL_TYPES).decode_fast(body) is not None
    assert_paths_agree(decoder(ALL_TYPES), body)
    rows = decoder(ALL_TYPES).decode(body)
    indices = {column.name: index for index, column in enumerate(ALL_TYPES.columns)}
    assert len(rows) == len(instances)
    for kind in TYPES:
        assert [row[indices[kind]] for row in rows] == [instance[kind] for instance in instances]
        assert {row[indices[f"{kind}?"]] for row in rows} == {None}
