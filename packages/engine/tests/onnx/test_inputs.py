"""What an ONNX model takes: matrices, datetimes, and types other than the schema's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import to_array
from baton_registry.versions.schema import Column, Schema, TypeName
from tests.support.fakes.engine_models import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT64,
    STRING,
    build_regressor,
    make_schema,
)

INT32 = TensorProto.INT32


def build_echo(kind: int, *, shape: Sequence[Any] = (None, 1)) -> bytes:
    """Builds a regression of the input `x` of this type: its value, or the length of its text."""
    nodes = [helper.make_node("Cast", ["x"], ["value"], to=DOUBLE)]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("value", DOUBLE, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def score(engine: OnnxEngine, column: Column, *values: Any) -> list[float]:
    """Scores values as rows, one row at a time, and as a column; all must agree."""
    answers = engine.score_rows([(value,) for value in values])["value"].tolist()
    one_by_one = [engine.score_rows([(value,)])["value"].tolist()[0] for value in values]
    columns = engine.score({column.name: to_array(column, values)})["value"].tolist()
    np.testing.assert_equal(one_by_one, answers)
    np.testing.assert_equal(columns, answers)
    return list(answers)


@pytest.mark.parametrize("kind", ["float", "double", "integer", "long"])
def test_a_matrix_is_cast_to_the_input(kind: TypeName) -> None:
    """Of any number of columns, also of one."""
    for width in (1, 3):
        columns = tuple(Column(str(at), kind) for at in range(width))
        weights = [10.0**at for at in range(width)]
        model = build_regressor(width, weights=weights)
        engine = OnnxEngine(model, Schema(columns, is_matrix=True))
        rows = [tuple(range(at, at + width)) for at in (1, 5)]
        expected = [float(np.dot(row, weights)) for row in rows]
        assert engine.score_rows(rows)["value"].tolist() == expected
        assert engine.score_rows(rows[1:])["value"].tolist() == expected[1:]
        arrays = {
            c.name: to_array(c, v) for c, v in zip(columns, zip(*rows, strict=True), strict=True)
        }
        assert engine.score(arrays)["value"].tolist() == expected
        assert engine.score_parts([arrays, rows[:1]])["value"].tolist() == [*expected, expected[0]]


def test_another_number_of_columns_is_rejected() -> None:
    with pytest.raises(EngineError, match=r"'x' has the shape \[.*, 3\]; .* need \[rows, 2\]"):
        OnnxEngine(build_regressor(3), make_schema(("a", "double"), ("b", "double")))


@pytest.mark.parametrize("shape", [(None,), (None, 1, 1), (None, 2)])
def test_an_input_of_another_shape_is_rejected(shape: Sequence[Any]) -> None:
    with pytest.raises(EngineError, match="has the shape"):
        OnnxEngine(build_echo(FLOAT, shape=shape), make_schema(("x", "double")))


def test_a_fixed_number_of_rows_is_rejected() -> None:
    """PyTorch fixes it unless told otherwise."""
    with pytest.raises(EngineError, match="exactly 1 rows"):
        OnnxEngine(build_echo(FLOAT, shape=(1, 1)), make_schema(("x", "double")))


@pytest.mark.parametrize(
    ("kind", "taken", "good", "bad"),
    [
        ("double", INT64, 3.0, 0.5),
        ("double", INT64, -4.0, 1e300),
        ("long", INT32, -7, 2**31),
    ],
)
def test_numbers_are_never_cut(kind: TypeName, taken: int, good: Any, bad: Any) -> None:
    """A model that takes integers or booleans gets the value, or none."""
    column = Column("x", kind)
    engine = OnnxEngine(build_echo(taken), Schema((column,), task="regression"))
    assert score(engine, column, good) == [float(good)]
    for rows in ([(bad,)], [(bad,), (good,)]):
        with pytest.raises(EngineError, match="a value is not one"):
            engine.score_rows(rows)


@pytest.mark.parametrize(
    ("kind", "taken"), [("string", FLOAT), ("double", STRING), ("datetime", BOOL)]
)
def test_text_and_numbers_are_not_mixed(kind: TypeName, taken: int) -> None:
    """The message names the column."""
    with pytest.raises(EngineError, match=f"column 'x' is {kind} in the schema"):
        OnnxEngine(build_echo(taken), make_schema(("x", kind)))


def test_datetimes_are_seconds_or_nanoseconds() -> None:
    """Seconds for a model that takes floats, nanoseconds for integers; missing is NaN."""
    column = Column("x", "datetime", required=False)
    texts = ("1970-01-01T00:00:01.5Z", "2026-01-31")
    floats = OnnxEngine(build_echo(DOUBLE), Schema((column,)))
    assert score(floats, column, *texts) == [1.5, 1769817600.0]
    assert np.isnan(score(floats, column, None)).all()
    whole = OnnxEngine(build_echo(INT64), Schema((column,)))
    assert score(whole, column, *texts) == [1.5e9, 1769817600e9]
    with pytest.raises(EngineError, match="missing"):
        whole.score_rows([(None,)])


def test_datetimes_stay_texts_for_a_model_that_takes_texts() -> None:
    column = replace(Column("x", "datetime"), required=False)
    encode = helper.make_node(
        "LabelEncoder",
        ["x"],
        ["value"],
        domain="ai.onnx.ml",
        keys_strings=["2026-01-31", ""],
        values_floats=[7.0, 5.0],
        default_float=0.0,
    )
    graph = helper.make_graph(
        [encode],
        "g",
        [helper.make_tensor_value_info("x", STRING, [None, 1])],
        [helper.make_tensor_value_info("value", FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    engine = OnnxEngine(model.SerializeToString(), Schema((column,)))
    assert score(engine, column, "2026-01-31", None, "2026-02-01") == [7.0, 5.0, 0.0]
