"""The predictions of `/predict`, for each task."""

from typing import Any

import msgspec
import numpy as np
import pytest

from baton_inference.protocols.media import JSON
from baton_inference.protocols.predict.codec import PredictCodec
from baton_inference.protocols.predict.predictions import compile_predictions
from baton_inference.scoring.batch import RowBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema, Task
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.task_models import OUTPUT_SCHEMAS, SCORES

FIRST: dict[Task, dict[str, Any]] = {
    "binary": {"label": "no", "probabilities": {"no": 0.75, "yes": 0.25}},
    "multiclass": {"label": 3, "probabilities": {"3": 0.5, "1": 0.25, "2": 0.25}},
    "regression": {"value": 12.3},
    "quantiles": {"values": {"p10": 1.5, "p90": 2.5}},
    "anomaly": {"label": -1, "score": -0.12},
    "multilabel": {"labels": {"a": 1, "b": 0}, "probabilities": {"a": 0.75, "b": 0.25}},
}
"""The answer to the first row."""


@pytest.mark.parametrize("task", OUTPUT_SCHEMAS)
def test_each_task_has_its_own_keys(task: Task) -> None:
    predictions = compile_predictions(OUTPUT_SCHEMAS[task])(SCORES[task])
    assert len(predictions) == 2
    assert predictions[0] == FIRST[task]
    assert [*predictions[0]] == [*FIRST[task]]


@pytest.mark.parametrize(
    ("schema", "scores", "prediction"),
    [
        (OutputSchema("regression"), {"value": [np.nan]}, {"value": None}),
        (
            OutputSchema("quantiles", names=("a", "b")),
            {"value": [[np.nan, 1.0]]},
            {"values": {"a": None, "b": 1.0}},
        ),
        (
            OutputSchema("anomaly"),
            {"label": [1], "score": [np.inf]},
            {"label": 1, "score": None},
        ),
    ],
)
def test_numbers_that_json_lacks_become_null(
    schema: OutputSchema, scores: dict[str, Any], prediction: Any
) -> None:
    arrays = {name: np.array(values) for name, values in scores.items()}
    encoded = msgspec.json.encode(compile_predictions(schema)(arrays))
    assert msgspec.json.decode(encoded) == [prediction]


def test_the_bytes_of_a_classifier_do_not_change() -> None:
    """Callers may compare them."""
    codec = PredictCodec(
        ModelVersion("churn_model", "7"), SCHEMA, OUTPUT_SCHEMAS["binary"], max_rows=10
    )
    answer = codec.encode(SCORES["binary"], RowBatch(2, ()))
    assert answer.body == (
        b'{"model_name":"churn_model","model_version":"7","predictions":'
        b'[{"label":"no","probabilities":{"no":0.75,"yes":0.25}},'
        b'{"label":"yes","probabilities":{"no":0.10000000149011612,"yes":0.8999999761581421}}]}'
    )
    assert (answer.media_type, answer.headers) == (JSON, ())
