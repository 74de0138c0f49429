"""The ONNX Runtime engine, with small classifiers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array, to_array
from baton_registry.versions.schema import Schema
from tests.support.fakes.engine_models import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT64,
    STRING,
    XN,
    build_classifier_nodes,
    build_endless,
    build_linear,
    build_matrix,
    build_model,
    make_schema,
)


def build_columns(schema: Schema, *values: Sequence[Any]) -> dict[str, Array]:
    """Builds the columns of a schema from values."""
    return {c.name: to_array(c, v) for c, v in zip(schema.columns, values, strict=True)}


@pytest.mark.parametrize("zipmap", [False, True])
def test_one_input_per_column(*, zipmap: bool) -> None:
    """Columns are cast to the types of their inputs, with and without ZipMap."""
    engine = OnnxEngine(build_linear([("n", INT64), ("x", FLOAT)], zipmap=zipmap), XN)
    scores = engine.score(build_columns(XN, [0.5, -3], [1, 1]))
    assert engine.output_schema.classes == ("no", "yes")
    assert scores["label"].tolist() == ["yes", "no"]
    assert scores["probabilities"].shape == (2, 2)
    assert scores["probabilities"].dtype == np.float32
    expected = 1 / (1 + np.exp(-2 * np.array([1.5, -2])))
    np.testing.assert_allclose(scores["probabilities"][:, 1], expected, rtol=1e-6)
    np.testing.assert_allclose(scores["probabilities"].sum(axis=1), 1, rtol=1e-6)


def test_one_input_for_all_columns() -> None:
    """A matrix has the columns in the order of the schema."""
    scores = OnnxEngine(build_matrix(2), XN).score(build_columns(XN, [0.5, -3], [1, 1]))
    assert scores["label"].tolist() == ["yes", "no"]


def test_missing_numbers() -> None:
    """NaN if the input can hold it, else an error."""
    columns = build_columns(XN, [None, 1.0], [None, 2])
    floats = OnnxEngine(build_linear([("x", FLOAT), ("n", FLOAT)]), XN)
    assert np.isnan(floats.score(columns)["probabilities"][0]).all()
    whole = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)]), XN)
    with pytest.raises(EngineError, match="missing"):
        whole.score(columns)
    assert whole.score(build_columns(XN, [1.0], [2]))["label"].tolist() == ["yes"]


def test_too_large_double_is_infinite() -> None:
    """Without a warning."""
    one = make_schema(("x", "double"))
    scores = OnnxEngine(build_linear([("x", FLOAT)]), one).score(
        build_columns(one, [1e300, -1e300])
    )
    assert scores["label"].shape == (2,)


def test_booleans_and_text_are_not_cast() -> None:
    both = make_schema(("b", "boolean"), ("s", "string"))
    nodes = [
        helper.make_node("Cast", ["b"], ["b_"], to=FLOAT),
        helper.make_node(
            "OneHotEncoder", ["s"], ["hot"], domain="ai.onnx.ml", cats_strings=["a"], zeros=1
        ),
        helper.make_node("Reshape", ["hot", "shape"], ["s_"]),
        helper.make_node("Concat", ["b_", "s_"], ["all"], axis=1),
        *build_classifier_nodes("all", 2, ("no", "yes")),
    ]
    shape = helper.make_node("Constant", [], ["shape"], value_ints=[-1, 1])
    model = build_model([shape, *nodes], [("b", BOOL, 1), ("s", STRING, 1)], ("no", "yes"))
    scores = OnnxEngine(model, both).score(
        build_columns(both, [True, False, False], [None, "a", "odd"])
    )
    assert scores["label"].tolist()[:2] == ["yes", "yes"]
    np.testing.assert_allclose(scores["probabilities"][2], [0.5, 0.5])


def test_error_names_inputs_that_are_not_columns() -> None:
    with pytest.raises(EngineError, match="'other'"):
        OnnxEngine(build_linear([("x", FLOAT), ("other", FLOAT)]), XN)


def test_unsupported_input_type_is_rejected() -> None:
    half = TensorProto.FLOAT16
    with pytest.raises(EngineError, match="float16"):
        OnnxEngine(build_linear([("x", half), ("n", FLOAT)]), XN)


@pytest.mark.parametrize("content", [b"", b"not onnx", build_linear([("x", FLOAT)])[:-20]])
def test_invalid_onnx_is_rejected_in_one_line(content: bytes) -> None:
    with pytest.raises(EngineError) as caught:
        OnnxEngine(content, XN)
    assert "\n" not in str(caught.value)


def test_outputs_of_no_task_are_rejected() -> None:
    """The message says what was found."""
    graph = helper.make_graph(
        [helper.make_node("Cast", ["x"], ["y"], to=INT64)],
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", INT64, [None, 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    with pytest.raises(EngineError, match=r"answers y \(int64 \[n, 1\]\); a classifier"):
        OnnxEngine(model.SerializeToString(), make_schema(("x", "double")))


def test_endless_model_is_stopped() -> None:
    """A model that ends is not."""
    one = make_schema(("x", "double"))
    engine = OnnxEngine(build_endless(), one)
    with engine.limit_time(0.05) as limited, pytest.raises(EngineError, match="does not end"):
        limited.score_rows([(1.0,)])

    engine = OnnxEngine(build_linear([("x", DOUBLE)]), one)
    with engine.limit_time(60) as limited:
        assert limited.score_rows([(1.0,)])["label"].tolist() == ["yes"]


def test_stopping_a_call_leaves_the_calls_of_others() -> None:
    """The engine of a live version is shared by all threads."""
    engine = OnnxEngine(build_linear([("x", DOUBLE)]), make_schema(("x", "double")))
    stopped, other = engine.make_stoppable(), engine.make_stoppable()
    engine.stop()
    stopped.stop()
    with pytest.raises(EngineError, match="does not end"):
        stopped.score_rows([(1.0,)])
    for each in (engine, other):
        assert each.score_rows([(1.0,)])["label"].tolist() == ["yes"]


def test_private_call_equals_the_public_call() -> None:
    """`_sess.run` only skips the check of the input names."""
    engine = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)]), XN)
    feed = {"x": np.array([[0.5], [-3]], np.float32), "n": np.array([[1], [1]], np.int64)}
    public = engine._session.run(engine._outputs, feed)
    private = engine._run(engine._outputs, feed, None)
    for one, other in zip(public, private, strict=True):
        np.testing.assert_array_equal(one, other)


def test_parts_do_not_affect_each_other() -> None:
    engine = OnnxEngine(build_linear([("x", FLOAT), ("n", INT64)]), XN)
    rows = [(0.5, 2**60 + 1)]
    columns = build_columns(XN, [-0.25, 1e300], [-(2**60), 3])
    together = engine.score_parts([rows, columns, rows])
    one, two = engine.score_rows(rows), engine.score(columns)
    for name, values in together.items():
        expected = np.concatenate([one[name], two[name], one[name]])
        np.testing.assert_array_equal(values, expected)
