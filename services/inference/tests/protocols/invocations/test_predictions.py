"""The output that `/invocations` answers with."""

import json
from typing import Any

import pytest

from baton_inference.protocols.invocations.codec import InvocationsCodec, InvocationsColumns
from baton_inference.protocols.invocations.predictions import choose_output
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import Task
from tests.support.fakes.live_version import InProcessReader
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.task_models import OUTPUT_SCHEMAS, SCORES

PREDICTIONS: dict[Task, list[Any]] = {
    "binary": ["no", "yes"],
    "multiclass": [3, 2],
    "regression": [12.3, -1e300],
    "quantiles": [[1.5, 2.5], [0.1, 7.0]],
    "anomaly": [-1, 1],
    "multilabel": [[1, 0], [0, 0]],
}


@pytest.mark.parametrize("task", PREDICTIONS)
def test_the_predictions_are_those_of_predict(task: Task) -> None:
    """They have the shape of the original's `predict`."""
    codec = InvocationsCodec(
        ModelVersion("m", "1"), SCHEMA, OUTPUT_SCHEMAS[task], InProcessReader(), max_rows=9
    )
    encoded = codec.encode(SCORES[task], InvocationsColumns(2, {}, b"application/json"))
    assert json.loads(encoded.body) == {"predictions": PREDICTIONS[task]}


def test_the_bytes_of_a_classifier_do_not_change() -> None:
    """Callers may compare them."""
    codec = InvocationsCodec(
        ModelVersion("m", "1"), SCHEMA, OUTPUT_SCHEMAS["binary"], InProcessReader(), max_rows=9
    )
    encoded = codec.encode(SCORES["binary"], InvocationsColumns(2, {}, b"application/json"))
    assert encoded.body == b'{"predictions":["no","yes"]}'


@pytest.mark.parametrize(
    ("task", "output"),
    [
        ("binary", "probabilities"),
        ("multilabel", "probabilities"),
        ("regression", "value"),
        ("anomaly", "label"),
    ],
)
def test_predict_proba_chooses_probabilities(task: Task, output: str) -> None:
    """Tasks without probabilities keep their output."""
    assert choose_output(OUTPUT_SCHEMAS[task], predicts_probabilities=True) == output
