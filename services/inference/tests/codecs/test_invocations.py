"""The codec of `/invocations`."""

import json
from importlib.metadata import version
from typing import Any

import numpy as np
import pytest
from inference_fakes import INSTANCE, SIGNATURE

from baton_engine.engine import Scores
from baton_inference.codecs.codec import ColumnBatch
from baton_inference.codecs.invocations import MLFLOW_VERSION, InvocationsCodec
from baton_inference.errors import MalformedBody
from baton_inference.media import MediaHeaders

CODEC = InvocationsCodec(SIGNATURE, max_rows=10)
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
    encoded = CODEC.encode(scores, ColumnBatch(2, {}))
    assert encoded.media_type == b"application/json"
    assert json.loads(encoded.body) == {"predictions": labels}


def test_speaks_the_protocol_of_the_mlflow_we_train_with() -> None:
    """The version that is told is the version that the tests compare with."""
    assert version("mlflow") == MLFLOW_VERSION
