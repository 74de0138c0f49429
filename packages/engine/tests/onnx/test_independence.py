"""Rows scored together and alone have the same answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import helper

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.onnx.independence import check_independence
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, VALUE
from baton_registry.versions.schema import Schema
from tests.support.fakes.engine_models import (
    FLOAT,
    XN,
    build_anomaly,
    build_matrix_graph,
    build_regressor,
)

ROWS = build_synthetic_rows(XN)
SHARED = [
    helper.make_node("ReduceMean", ["x", "rows"], ["mean"], keepdims=1),
    helper.make_node("Sub", ["x", "mean"], ["centred"]),
    helper.make_node("Softmax", ["centred"], ["p"], axis=1),
]
FOUR_ROWS = [
    helper.make_node("Reshape", ["x", "four"], ["table"]),
    helper.make_node("Softmax", ["table"], ["p"], axis=1),
]


def check(model: bytes, classes: tuple[str, ...] | None = None) -> None:
    """Checks a model with the synthetic rows."""
    engine = OnnxEngine(model, Schema(XN.columns, classes))
    check_independence(engine, ROWS, engine.score_rows(ROWS))


def build_softmax(nodes: Sequence[Any], constant: str, *values: int) -> bytes:
    """Builds a classifier with one constant."""
    integers = helper.make_node("Constant", [], [constant], value_ints=values)
    return build_matrix_graph(2, [integers, *nodes], [("p", FLOAT, [None, 2])])


@pytest.mark.parametrize("model", [build_regressor(2), build_regressor(2, 3), build_anomaly(2)])
def test_models_of_rows_are_accepted(model: bytes) -> None:
    check(model)


def test_a_model_that_centres_the_rows_of_a_call_is_rejected() -> None:
    with pytest.raises(EngineError, match=r"answers rows differently.* of 4 synthetic rows"):
        check(build_softmax(SHARED, "rows", 0), ("no", "yes"))


def test_a_model_that_takes_only_four_rows_is_rejected() -> None:
    with pytest.raises(EngineError, match="fails on one of them alone"):
        check(build_softmax(FOUR_ROWS, "four", 4, 2), ("no", "yes"))


class Recorded:
    """Answers each row alone with the next of some answers."""

    def __init__(self, answers: Scores) -> None:
        self.answers = answers
        self.at = 0

    def score_rows(self, rows: Rows) -> Scores:
        self.at += 1
        return {name: values[self.at - 1 : self.at] for name, values in self.answers.items()}


@pytest.mark.parametrize(
    ("change", "is_accepted"), [(0.0, True), (1e-6, True), (np.nan, True), (0.1, False)]
)
def test_rounding_and_missing_numbers_are_accepted(change: float, *, is_accepted: bool) -> None:
    """NaN is equal to NaN, and an answer may be small beside the others."""
    values = np.array([1e-9, -1.0, 1.0, 10.0]) + (change if np.isnan(change) else 0.0)
    engine: Any = Recorded({VALUE: values * (1 + change) + change})
    if is_accepted:
        check_independence(engine, ROWS, {VALUE: values})
    else:
        with pytest.raises(EngineError, match="of 4 synthetic rows"):
            check_independence(engine, ROWS, {VALUE: values})


@pytest.mark.parametrize(("share", "is_accepted"), [(0.50001, True), (0.7, False)])
def test_labels_may_differ_only_if_probabilities_tie(share: float, *, is_accepted: bool) -> None:
    probabilities = np.array([[share, 1 - share]] * 4, np.float32)
    engine: Any = Recorded({LABEL: np.array(["yes"] * 4), PROBABILITIES: probabilities})
    together = {LABEL: np.array(["no"] * 4), PROBABILITIES: probabilities}
    if is_accepted:
        check_independence(engine, ROWS, together)
    else:
        with pytest.raises(EngineError, match="of 4 synthetic rows"):
            check_independence(engine, ROWS, together)


def test_one_row_may_be_on_a_threshold() -> None:
    """Of a split of a tree, or of a tie of neighbours."""
    engine: Any = Recorded({VALUE: np.array([1.0, 2.0, 3.0, 5.0])})
    check_independence(engine, ROWS, {VALUE: np.array([1.0, 2.0, 3.0, 4.0])})
