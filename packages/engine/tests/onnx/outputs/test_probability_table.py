"""Classifiers that answer only probabilities, as networks do."""

from dataclasses import replace

import numpy as np
import pytest
from onnx import helper

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.output_schema import Label, OutputSchema
from baton_registry.versions.schema import Schema
from tests.support.fakes.engine_models import FLOAT, XN, build_matrix_graph

ROWS = [(3.0, 1), (0.5, 1)]
SOFTMAX = build_matrix_graph(
    2, [helper.make_node("Softmax", ["x"], ["p"], axis=1)], [("p", FLOAT, [None, 2])]
)
SIGMOID = build_matrix_graph(
    2,
    [
        helper.make_node("Constant", [], ["w"], value_floats=[-1.0, 1.0]),
        helper.make_node("Constant", [], ["shape"], value_ints=[2, 1]),
        helper.make_node("Reshape", ["w", "shape"], ["column"]),
        helper.make_node("MatMul", ["x", "column"], ["difference"]),
        helper.make_node("Sigmoid", ["difference"], ["p"]),
    ],
    [("p", FLOAT, [None, 1])],
)


@pytest.mark.parametrize("model", [SOFTMAX, SIGMOID])
@pytest.mark.parametrize("classes", [("stays", "leaves"), (0, 1), (False, True)])
def test_the_label_is_the_most_probable_class(model: bytes, classes: tuple[Label, ...]) -> None:
    """A single probability is that of the second class."""
    engine = OnnxEngine(model, Schema(XN.columns, classes))
    assert engine.output_schema == OutputSchema("binary", classes)
    for rows in (ROWS, ROWS[:1]):
        scores = engine.score_rows(rows)
        labels = scores["label"].tolist()
        assert labels == [*classes][: len(rows)]
        assert {*map(type, labels)} == {type(classes[0])}
        assert scores["probabilities"].dtype == np.float32
        np.testing.assert_allclose(scores["probabilities"][0], [0.8808, 0.1192], atol=1e-4)


def test_classes_are_distinct() -> None:
    """By their texts, as those of every classifier."""
    with pytest.raises(EngineError, match="names a class twice"):
        OnnxEngine(SOFTMAX, Schema(XN.columns, ("yes", "yes")))


def test_without_classes_it_is_a_regression() -> None:
    """Nothing tells the two apart."""
    assert OnnxEngine(SOFTMAX, XN).output_schema.task == "quantiles"
    assert OnnxEngine(SIGMOID, XN).output_schema.task == "regression"


def test_the_recorded_task_needs_classes() -> None:
    with pytest.raises(EngineError, match="'classes'"):
        OnnxEngine(SOFTMAX, replace(XN, task="binary"))


def test_another_number_of_classes_is_rejected() -> None:
    for model in (SOFTMAX, SIGMOID):
        engine = OnnxEngine(model, Schema(XN.columns, ("a", "b", "c")))
        with pytest.raises(EngineError, match="needed for its 3 classes"):
            engine.score_rows(ROWS)
