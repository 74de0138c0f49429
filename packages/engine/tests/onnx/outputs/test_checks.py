"""Checks of answers of every task."""

import numpy as np
import pytest

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.checks import check_scores
from baton_registry.versions.output_schema import OutputSchema

REGRESSION = OutputSchema("regression")
QUANTILES = OutputSchema("quantiles", names=("p10", "p90"))


@pytest.mark.parametrize(
    ("scores", "output_schema"),
    [
        ({"value": np.zeros((2, 1))}, REGRESSION),
        ({"value": np.zeros(3)}, REGRESSION),
        ({"value": np.zeros(2)}, QUANTILES),
        ({"value": np.zeros((2, 3))}, QUANTILES),
    ],
)
def test_shape_must_be_that_of_the_task(scores: Scores, output_schema: OutputSchema) -> None:
    with pytest.raises(EngineError, match="a value of shape"):
        check_scores(scores, 2, output_schema)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_of_an_input_example_are_finite(value: float) -> None:
    """Those of synthetic rows may not be."""
    scores = {"value": np.array([1.0, value])}
    check_scores(scores, 2, REGRESSION, synthetic=True)
    with pytest.raises(EngineError, match=f"value of {value}"):
        check_scores(scores, 2, REGRESSION)
