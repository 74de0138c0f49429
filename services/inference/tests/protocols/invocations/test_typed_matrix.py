"""The fast path for a matrix: the columns of the slow path, or none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.protocols.invocations.matrix import MatrixReader
from baton_inference.protocols.invocations.typed_matrix import TypedMatrix
from baton_registry.versions.schema import Column, Schema

SCHEMA = Schema((Column("0", "float"), Column("1", "float")), is_matrix=True)
FAST = TypedMatrix(SCHEMA, max_rows=3)
cells = st.integers(-9, 9) | st.floats(width=32, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("form", ["inputs", "instances"])
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=3))
def test_the_columns_are_those_of_the_slow_path(form: str, rows: Any) -> None:
    read = FAST.read(json.dumps({form: rows}).encode())
    assert read is not None
    slow = MatrixReader(SCHEMA, max_rows=3).read_inputs(rows).to_batch(SCHEMA)
    assert read.rows == slow.rows
    for name, values in slow.columns.items():
        assert (read.columns[name].dtype, read.columns[name].shape) == (values.dtype, values.shape)
        assert read.columns[name].tolist() == values.tolist()


@pytest.mark.parametrize(
    "body",
    [
        b'{"inputs":[]}',
        b'{"inputs":[[1,2,3]]}',
        b'{"inputs":[[1,null]]}',
        b'{"inputs":[[1,"2"]]}',
        b'{"inputs":[[1,2]],"instances":[[1,2]]}',
        b'{"inputs":[[1,2]],"params":{}}',
        b'{"inputs":[[1,2],[1,2],[1,2],[1,2]]}',
        b'{"inputs":[[1,3.5e38]]}',
        b"{}",
        b"\xff",
    ],
)
def test_all_else_takes_the_slow_path(body: bytes) -> None:
    assert FAST.read(body) is None
