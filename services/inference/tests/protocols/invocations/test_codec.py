"""The codec of `/invocations`."""

import json
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from baton_engine.engine import Scores
from baton_inference.errors import MalformedBody
from baton_inference.protocols.invocations.codec import (
    MLFLOW_VERSION,
    InvocationsBatch,
    InvocationsCodec,
)
from baton_inference.protocols.media import ARROW, PARQUET, MediaHeaders
from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.columnar import WRITERS
from tests.support.fakes.live_version import InProcessReader
from tests.support.fakes.models import INSTANCE, SCHEMA

CODEC = InvocationsCodec(ModelVersion("churn_model", "7"), SCHEMA, InProcessReader(), max_rows=10)
JSON = MediaHeaders([(b"content-type", b"application/json")])
CSV = MediaHeaders([(b"content-type", b"text/csv; charset=UTF-8")])


@pytest.mark.parametrize(
    "document",
    [
        {"dataframe_records": [INSTANCE]},
        {"dataframe_split": {"columns": [*INSTANCE], "data": [[*INSTANCE.values()]]}},
        {"instances": [INSTANCE]},
        {"inputs": {name: [value] for name, value in INSTANCE.items()}},
        {"inputs": [INSTANCE], "params": {"ignored": True}, "more": 1},
    ],
)
def test_reads_every_form(document: Any) -> None:
    """Each of the four forms gives the same columns; other keys are ignored."""
    batch = CODEC.decode(json.dumps(document).encode(), JSON)
    columns = {name: values.tolist() for name, values in batch.columns.items()}
    assert (batch.rows, columns) == (1, {name: [value] for name, value in INSTANCE.items()})


def test_reads_csv() -> None:
    """The content type says that the body is CSV."""
    batch = CODEC.decode(b"note,n,x\r\na,1,0.5\r\n", CSV)
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        name: [value] for name, value in INSTANCE.items()
    }


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_reads_arrow_and_parquet(media_type: bytes) -> None:
    """A columnar body gives the columns that JSON gives."""
    body = WRITERS[media_type](pa.table({name: [value] for name, value in INSTANCE.items()}))
    batch = CODEC.decode(body, MediaHeaders([(b"content-type", media_type)]))
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        name: [value] for name, value in INSTANCE.items()
    }


@pytest.mark.parametrize("answer_type", [b"application/json", ARROW, PARQUET])
def test_answers_as_accept_asks(answer_type: bytes) -> None:
    """Whatever the body is, the answer is what `Accept` prefers."""
    body = json.dumps({"dataframe_records": [INSTANCE]}).encode()
    accept = (b"accept", answer_type + b", text/html;q=0.5")
    batch = CODEC.decode(body, MediaHeaders([(b"content-type", b"application/json"), accept]))
    scores = Scores(np.array(["yes"]), np.zeros((1, 2), np.float32))
    assert CODEC.encode(scores, batch).media_type == answer_type


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"rows": []},
        {"instances": [INSTANCE], "inputs": [INSTANCE]},
        {"instances": [INSTANCE], "messages": 1},
    ],
)
def test_needs_exactly_one_form(document: Any) -> None:
    """No form, or more than one, or a key that other kinds of models take is malformed."""
    with pytest.raises(MalformedBody, match="exactly one"):
        CODEC.decode(json.dumps(document).encode(), JSON)


@pytest.mark.parametrize("labels", [["no", "yes"], [1, 0], [True, False]])
def test_answers_labels(labels: list[Any]) -> None:
    """The predictions are the labels, in the target's type."""
    scores = Scores(np.array(labels), np.zeros((2, 2), np.float32))
    encoded = CODEC.encode(scores, InvocationsBatch(2, {}, b"application/json"))
    assert encoded.media_type == b"application/json"
    assert json.loads(encoded.body) == {"predictions": labels}


def test_speaks_the_protocol_of_the_mlflow_we_train_with() -> None:
    """The version that is told is the version that the tests compare with."""
    assert version("mlflow") == MLFLOW_VERSION
