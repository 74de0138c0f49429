"""The codec of `/invocations`."""

import json
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from baton_inference.errors import MalformedBody
from baton_inference.protocols.invocations.codec import (
    MLFLOW_VERSION,
    InvocationsCodec,
    InvocationsColumns,
    InvocationsRows,
)
from baton_inference.protocols.media import ARROW, PARQUET, MediaHeaders
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema
from tests.support.bodies.columnar import WRITERS
from tests.support.fakes.live_version import InProcessReader
from tests.support.fakes.models import INSTANCE, SCHEMA
from tests.support.fakes.task_models import OUTPUT_SCHEMAS

CODEC = InvocationsCodec(
    ModelVersion("churn_model", "7"),
    SCHEMA,
    OUTPUT_SCHEMAS["binary"],
    InProcessReader(),
    max_rows=10,
)
MATRIX = Schema((Column("0", "double"), Column("1", "double")), is_matrix=True)
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
def test_every_form_is_read(document: Any) -> None:
    """All four forms give the same row; other keys are ignored."""
    batch = CODEC.decode(json.dumps(document).encode(), JSON)
    assert batch.rows == 1
    if isinstance(batch, InvocationsRows):
        assert batch.cells == [(*INSTANCE.values(),)]
    else:
        columns = {name: values.tolist() for name, values in batch.columns.items()}
        assert columns == {name: [value] for name, value in INSTANCE.items()}


def test_csv_is_read() -> None:
    """The content type selects CSV."""
    batch = CODEC.decode(b"note,n,x\r\na,1,0.5\r\n", CSV)
    assert isinstance(batch, InvocationsColumns)
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        name: [value] for name, value in INSTANCE.items()
    }


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_arrow_and_parquet_are_read(media_type: bytes) -> None:
    """The columns equal those of the same rows in JSON."""
    body = WRITERS[media_type](pa.table({name: [value] for name, value in INSTANCE.items()}))
    batch = CODEC.decode(body, MediaHeaders([(b"content-type", media_type)]))
    assert isinstance(batch, InvocationsColumns)
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        name: [value] for name, value in INSTANCE.items()
    }


@pytest.mark.parametrize("answer_type", [b"application/json", ARROW, PARQUET])
def test_the_answer_has_the_preferred_type(answer_type: bytes) -> None:
    """The type follows `Accept`, not the type of the body."""
    body = json.dumps({"dataframe_records": [INSTANCE]}).encode()
    accept = (b"accept", answer_type + b", text/html;q=0.5")
    batch = CODEC.decode(body, MediaHeaders([(b"content-type", b"application/json"), accept]))
    scores = {"label": np.array(["yes"]), "probabilities": np.zeros((1, 2), np.float32)}
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
def test_a_body_needs_exactly_one_form(document: Any) -> None:
    """A body with no form, several forms or a language model's key is malformed."""
    with pytest.raises(MalformedBody, match="exactly one"):
        CODEC.decode(json.dumps(document).encode(), JSON)


@pytest.mark.parametrize("labels", [["no", "yes"], [1, 0], [True, False]])
def test_the_answer_has_labels(labels: list[Any]) -> None:
    """They have the target's type."""
    scores = {"label": np.array(labels), "probabilities": np.zeros((2, 2), np.float32)}
    encoded = CODEC.encode(scores, InvocationsColumns(2, {}, b"application/json"))
    assert encoded.media_type == b"application/json"
    assert json.loads(encoded.body) == {"predictions": labels}


def test_the_protocol_version_is_the_installed_mlflow() -> None:
    """`GET /version` reports it, and the tests compare with it."""
    assert version("mlflow") == MLFLOW_VERSION


@pytest.mark.parametrize(
    ("schema", "form"),
    [
        (SCHEMA, '{"instances": [{"x": 0.5, "n": 1, "note": %s}]}'),
        (SCHEMA, '{"inputs": {"x": [0.5], "n": [1], "note": [%s]}}'),
        (MATRIX, '{"dataframe_split": {"columns": [%s, "b"], "data": [[1, 2]]}}'),
    ],
)
def test_values_that_are_nested_too_deeply_are_rejected(schema: Schema, form: str) -> None:
    """Python parses a little deeper than it converts to a text, at least up to 3.11."""
    codec = InvocationsCodec(
        ModelVersion("churn_model", "7"),
        schema,
        OUTPUT_SCHEMAS["binary"],
        InProcessReader(),
        max_rows=10,
    )
    outcomes = set()
    for depth in range(700, 1100):
        nested = '{"a":' * depth + "1" + "}" * depth
        try:
            codec.decode((form % nested).encode(), JSON)
        except MalformedBody as error:
            outcomes.add(str(error))
    assert outcomes == {"the body is nested too deeply"}
