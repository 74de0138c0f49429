"""The rows of an input example obey the rules of a request."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.onnx.example import build_rows
from baton_inference.errors import RequestRejected
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_registry.versions.schema import Column, Schema, TypeName

TYPES: tuple[TypeName, ...] = ("boolean", "integer", "long", "float", "double", "string")
EDGES: tuple[Any, ...] = (
    *(2**31, -(2**31) - 1, 2**63, 3.5e38, 1.0, 1.5, 0, -1),
    *(True, "a", "", None, [], {}),
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.characters(codec="utf-8"), max_size=3),
    st.integers(-(2**64), 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(EDGES),
)


@pytest.mark.parametrize("required", [True, False])
@given(kind=st.sampled_from(TYPES), value=values)
def test_warm_up_and_predict_accept_the_same_rows(
    kind: TypeName, value: Any, *, required: bool
) -> None:
    """Both accept the same values and read them alike."""
    schema = Schema((Column("x", kind, required=required),))
    body = json.dumps({"instances": [{"x": value}]}).encode()
    try:
        rows = InstancesDecoder(schema, max_rows=10).decode(body)
    except RequestRejected:
        rows = None
    assert build_rows([{"x": value}], schema) == rows
