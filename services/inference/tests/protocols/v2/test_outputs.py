"""V2's output tensors, for each task."""

import json
from typing import Any

import numpy as np
import pytest

from baton_inference.errors import MalformedBody
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.v2.codec import V2Batch, V2Codec
from baton_inference.protocols.v2.outputs import describe_outputs
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import Task
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.task_models import OUTPUT_SCHEMAS, SCORES

OUTPUTS: dict[Task, list[tuple[str, str, list[int]]]] = {
    "binary": [("label", "BYTES", []), ("probabilities", "FP32", [2])],
    "multiclass": [("label", "BYTES", []), ("probabilities", "FP32", [3])],
    "regression": [("value", "FP64", [])],
    "quantiles": [("value", "FP64", [2])],
    "anomaly": [("label", "INT64", []), ("score", "FP64", [])],
    "multilabel": [("label", "INT64", [2]), ("probabilities", "FP32", [2])],
}
"""Name, datatype and shape of a row."""


def make_codec(task: Task) -> V2Codec:
    """Makes the codec of a task."""
    return V2Codec(ModelVersion("m", "1"), SCHEMA, OUTPUT_SCHEMAS[task], max_rows=9)


@pytest.mark.parametrize("task", OUTPUTS)
def test_metadata_describes_the_outputs(task: Task) -> None:
    assert describe_outputs(OUTPUT_SCHEMAS[task]) == [
        {"name": name, "datatype": datatype, "shape": [-1, *shape]}
        for name, datatype, shape in OUTPUTS[task]
    ]


@pytest.mark.parametrize("is_binary", [False, True])
@pytest.mark.parametrize("task", OUTPUTS)
def test_outputs_are_those_of_the_metadata(task: Task, *, is_binary: bool) -> None:
    """Their values are the scores, in JSON and as binary data."""
    names = [name for name, _, _ in OUTPUTS[task]]
    encoded = make_codec(task).encode(
        SCORES[task], V2Batch(2, {}, None, dict.fromkeys(names, is_binary))
    )
    length = dict(encoded.headers).get(
        b"inference-header-content-length", b"%d" % len(encoded.body)
    )
    head, tail = json.loads(encoded.body[: int(length)]), encoded.body[int(length) :]
    for output, (name, datatype, shape) in zip(head["outputs"], OUTPUTS[task], strict=True):
        assert (output["name"], output["datatype"]) == (name, datatype)
        assert output["shape"] == [2, *shape]
        scores = SCORES[task][name]
        if datatype == "BYTES":
            tail = tail[output.get("parameters", {}).get("binary_data_size", 0) :]
            continue  # test_codec.py compares texts
        if is_binary:
            size = output["parameters"]["binary_data_size"]
            dtype = {"FP64": "<f8", "FP32": "<f4", "INT64": "<i8"}[datatype]
            assert np.frombuffer(tail[:size], dtype).tolist() == scores.ravel().tolist()
            tail = tail[size:]
        else:
            assert output["data"] == scores.ravel().tolist()
    assert tail == b""


def test_the_bytes_of_a_classifier_do_not_change() -> None:
    """Callers may compare them."""
    batch = V2Batch(2, {}, "7", {"label": False, "probabilities": False})
    assert make_codec("binary").encode(SCORES["binary"], batch).body == (
        b'{"model_name":"m","model_version":"1","id":"7","outputs":['
        b'{"name":"label","datatype":"BYTES","shape":[2],"data":["no","yes"]},'
        b'{"name":"probabilities","datatype":"FP32","shape":[2,2],'
        b'"data":[0.75,0.25,0.10000000149011612,0.8999999761581421]}]}'
    )


@pytest.mark.parametrize(
    ("task", "name"), [("regression", "label"), ("anomaly", "probabilities"), ("binary", "value")]
)
def test_outputs_of_other_tasks_are_unknown(task: Task, name: str) -> None:
    """The error lists the version's own."""
    inputs: list[Any] = [{"name": "x", "shape": [1], "datatype": "FP64", "data": [1]}]
    body = json.dumps({"inputs": inputs, "outputs": [{"name": name}]}).encode()
    own = " and ".join(output for output, _, _ in OUTPUTS[task])
    with pytest.raises(MalformedBody, match=f"no output '{name}'; it has {own}"):
        make_codec(task).decode(body, MediaHeaders(()))
