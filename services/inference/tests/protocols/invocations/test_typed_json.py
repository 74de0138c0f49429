"""The fast path of `/invocations`: the columns of the slow path, or none."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.transpose import Transposer
from baton_inference.protocols.invocations.dataframes import read_records, read_split
from baton_inference.protocols.invocations.tensors import TensorReader
from baton_inference.protocols.invocations.typed_json import MAX_ORDERS, TypedJson
from baton_inference.scoring.batch import ColumnBatch, RowBatch
from baton_registry.versions.schema import Column, Schema

SCHEMA = Schema(
    (
        Column("b", "boolean"),
        Column("i", "integer"),
        Column("l", "long", required=False),
        Column("f", "float"),
        Column("d", "double", required=False),
        Column("o", "float", required=False),
        Column("s", "string"),
    )
)
NAMES = [column.name for column in SCHEMA.columns]
WITHOUT_FLOATS = Schema(tuple(each for each in SCHEMA.columns if each.type != "float"))
ROW = st.fixed_dictionaries(
    {
        "b": st.booleans(),
        "i": st.integers(-(2**31), 2**31 - 1),
        "l": st.integers(-(2**63), 2**63 - 1),
        "f": st.floats(width=32, allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
        "d": st.none()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**60), 2**60),
        "o": st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False),
        "s": st.text(),
    }
)
GOOD = {"b": True, "i": 1, "l": 2, "f": 0.5, "d": 1, "o": 0.5, "s": "a"}


def bodies(rows: list[dict[str, Any]], order: list[str]) -> dict[str, Any]:
    """Builds each form of the rows."""
    data = [[row[name] for name in order] for row in rows]
    return {
        "instances": rows,
        "dataframe_records": rows,
        "dataframe_split": {"columns": order, "data": data},
    }


def read_slowly(schema: Schema, form: str, content: Any) -> ColumnBatch:
    """Reads a form with the readers of the slow path, which reproduce MLflow."""
    if form == "instances":
        return TensorReader(schema.columns, max_rows=99).read_instances(content).to_batch(schema)
    reader = read_records if form == "dataframe_records" else read_split
    names = [column.name for column in schema.columns]
    return reader(content, names, 99).to_batch(schema)


@pytest.mark.parametrize("schema", [SCHEMA, WITHOUT_FLOATS])
@given(rows=st.lists(ROW, min_size=1, max_size=4), order=st.permutations(NAMES))
def test_the_fast_path_equals_the_slow_path(
    schema: Schema, rows: list[dict[str, Any]], order: list[str]
) -> None:
    """Values and types are equal for any order of the columns."""
    names = [column.name for column in schema.columns]
    order = [name for name in order if name in names]
    rows = [{name: row[name] for name in names} for row in rows]
    under_test = TypedJson(schema, max_rows=99)
    for form, content in bodies(rows, order).items():
        result = under_test.read(json.dumps({form: content}).encode())
        if result is None:
            assert "\\u0000" in json.dumps(content)
            continue
        assert isinstance(result, ColumnBatch if schema is SCHEMA else RowBatch)
        expected = read_slowly(schema, form, content)
        assert result.rows == expected.rows == len(rows)
        columns = transpose(schema, result)
        for name in names:
            np.testing.assert_array_equal(columns[name], expected.columns[name], f"{form} {name}")
            assert columns[name].dtype == expected.columns[name].dtype, (form, name)
            assert columns[name].shape == (len(rows),)


def transpose(schema: Schema, batch: Any) -> dict[str, Any]:
    """Returns the columns of a batch."""
    if isinstance(batch, ColumnBatch):
        return dict(batch.columns)
    columns = Transposer(schema.columns, {}).transpose(batch.cells)
    return {name: column.reshape(-1) for name, column in columns.items()}


@pytest.mark.parametrize(
    "row",
    [
        {**GOOD, "l": None},
        {**GOOD, "f": None},
        {**GOOD, "s": None},
        {**GOOD, "s": 1},
        {**GOOD, "i": 1.0},
        {**GOOD, "i": 2**31},
        {**GOOD, "f": 1e39},
        {**GOOD, "d": "1"},
        {**GOOD, "b": 1},
        {**GOOD, "extra": 1},
        {name: value for name, value in GOOD.items() if name != "l"},
        {name: value for name, value in GOOD.items() if name != "d"},
        {**GOOD, "s": "a\0"},
    ],
)
def test_uncommon_rows_take_the_slow_path(row: dict[str, Any]) -> None:
    """They have nulls other than NaN, other types, or extra or missing columns."""
    under_test = TypedJson(SCHEMA, max_rows=99)
    for form, content in bodies([GOOD, row], [*row]).items() if {*GOOD} == {*row} else ():
        assert under_test.read(json.dumps({form: content}).encode()) is None, form
    assert under_test.read(json.dumps({"instances": [GOOD, row]}).encode()) is None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"instances":[]}',
        b'{"instances":1}',
        b'{"inputs":[]}',
        json.dumps({"instances": [GOOD], "dataframe_records": [GOOD]}).encode(),
        json.dumps({"instances": [GOOD], "params": {}}).encode(),
        json.dumps({"instances": [GOOD] * 4}).encode(),
        json.dumps(
            {"dataframe_split": {"columns": [*GOOD], "data": [[*GOOD.values()]] * 4}}
        ).encode(),
        b'{"dataframe_split":{"columns":["b","b","i","l","f","d","o"],"data":[[1,1,1,1,1,1,1]]}}',
        b'{"dataframe_split":{"columns":[],"data":[]}}',
        json.dumps({"instances": [GOOD]}).encode("utf-16"),
    ],
)
def test_other_bodies_take_the_slow_path(body: bytes) -> None:
    """The fast path refuses nothing."""
    assert TypedJson(SCHEMA, max_rows=3).read(body) is None


def test_names_that_msgspec_does_not_support_take_the_slow_path() -> None:
    under_test = TypedJson(Schema((Column('a"b', "long"),)), max_rows=3)
    assert under_test.read(b'{"instances":[{"a\\"b":1}]}') is None


def test_the_number_of_kept_orders_is_bounded() -> None:
    """A caller that always sends new orders of columns does not exhaust the memory."""
    under_test = TypedJson(SCHEMA, max_rows=3)
    for turn in range(3 * MAX_ORDERS):
        order = NAMES[turn % 6 :] + NAMES[: turn % 6]
        order[0], order[1 + turn % 5] = order[1 + turn % 5], order[0]
        content = bodies([GOOD], order)["dataframe_split"]
        assert under_test.read(json.dumps({"dataframe_split": content}).encode()) is not None
    assert len(under_test._orders) <= MAX_ORDERS
