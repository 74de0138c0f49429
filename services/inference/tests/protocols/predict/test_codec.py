"""The codec of `/predict`."""

import json

import numpy as np
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.transpose import Rows
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.predict.codec import PredictCodec
from baton_inference.scoring.batch import RowBatch, score_batches
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import Label, OutputSchema
from tests.support.fakes.models import GOOD_BODY, SCHEMA, SumModel

BATCH = RowBatch(2, ())


def codec(classes: tuple[Label, ...]) -> PredictCodec:
    """Makes the codec of a model with these classes."""
    return PredictCodec(
        ModelVersion('say "ä"', "7"), SCHEMA, OutputSchema.from_classes(classes), max_rows=10
    )


@pytest.mark.parametrize(
    ("classes", "labels", "keys"),
    [
        (("no", "yes"), np.array(["yes", "no"], dtype=object), ["no", "yes"]),
        ((3, -1), np.array([-1, 3]), ["3", "-1"]),
        ((False, True), np.array([True, False]), ["False", "True"]),
    ],
)
def test_labels_keep_their_type(
    classes: tuple[Label, ...],
    labels: np.ndarray[tuple[int], np.dtype[np.generic]],
    keys: list[str],
) -> None:
    """A label has the target's type; the keys of the probabilities are strings, in order."""
    scores = {"label": labels, "probabilities": np.array([[0.25, 0.75], [1, 0]], np.float32)}
    answer = json.loads(codec(classes).encode(scores, BATCH).body)
    assert answer == {
        "model_name": 'say "ä"',
        "model_version": "7",
        "predictions": [
            {"label": classes[1], "probabilities": {keys[0]: 0.25, keys[1]: 0.75}},
            {"label": classes[0], "probabilities": {keys[0]: 1.0, keys[1]: 0.0}},
        ],
    }
    assert list(answer["predictions"][0]["probabilities"]) == keys
    assert type(answer["predictions"][0]["label"]) is type(classes[1])


def test_nan_becomes_null() -> None:
    """JSON has no NaN."""
    scores = {"label": np.array(["no"]), "probabilities": np.array([[np.nan, 0.5]], np.float32)}
    answer = json.loads(codec(("no", "yes")).encode(scores, BATCH).body)
    assert answer["predictions"][0]["probabilities"] == {"no": None, "yes": 0.5}


def test_instances_are_read() -> None:
    """Instances of several bodies are scored in their order."""
    under_test = codec(("no", "yes"))
    batch = under_test.decode(GOOD_BODY, MediaHeaders(()))
    other = under_test.decode(b'{"instances":[{"x":7,"n":2},{"x":8,"n":3}]}', MediaHeaders(()))
    assert (batch.rows, other.rows) == (1, 2)
    calls: list[Rows] = []

    class Engine(SumModel):
        def score_rows(self, rows: Rows) -> Scores:
            calls.append(rows)
            return super().score_rows(rows)

    assert len(score_batches(Engine(), [batch, other])["label"]) == 3
    assert calls == [[(0.5, 1, "a"), (7.0, 2, None), (8.0, 3, None)]]
