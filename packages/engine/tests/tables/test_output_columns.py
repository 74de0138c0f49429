"""The columns that scoring adds."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_registry.versions.output_schema import OutputSchema


@pytest.mark.parametrize(
    ("output_schema", "scores", "columns"),
    [
        (
            OutputSchema("binary", ("no", "yes")),
            {
                "label": np.array(["no"], object),
                "probabilities": np.array([[0.75, 0.25]], np.float32),
            },
            {"label": ["no"], "probability_no": [0.75], "probability_yes": [0.25]},
        ),
        (OutputSchema("regression"), {"value": np.array([1.5])}, {"value": [1.5]}),
        (
            OutputSchema("quantiles", names=("p10", "p90")),
            {"value": np.array([[1.5, 2.5]])},
            {"value_p10": [1.5], "value_p90": [2.5]},
        ),
        (
            OutputSchema("anomaly"),
            {"label": np.array([-1]), "score": np.array([-0.5])},
            {"label": [-1], "score": [-0.5]},
        ),
        (
            OutputSchema("multilabel", names=("a", "b")),
            {
                "label": np.array([[0, 1]]),
                "probabilities": np.array([[0.25, 0.75]], np.float32),
            },
            {"label_a": [0], "label_b": [1], "probability_a": [0.25], "probability_b": [0.75]},
        ),
    ],
)
def test_columns_follow_from_the_task(
    output_schema: OutputSchema, scores: Scores, columns: dict[str, Any]
) -> None:
    """Their types are those of the outputs."""
    fields = [pa.field(each) for each in list_output_fields(output_schema)]
    arrays = [pa.array(each) for each in build_output_columns(scores, output_schema)]
    assert {f.name: a.to_pylist() for f, a in zip(fields, arrays, strict=True)} == columns
    assert [each.type for each in fields] == [each.type for each in arrays]


def test_nan_is_not_missing() -> None:
    (array,) = build_output_columns({"value": np.array([np.nan])}, OutputSchema("regression"))
    assert pa.array(array).null_count == 0
    assert math.isnan(pa.array(array).to_pylist()[0])
