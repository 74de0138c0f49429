"""The Open Inference Protocol V2 with an unmodified `tritonclient.http`."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from tests.support.bodies.rows import NAMES, OTHER, ROW, Row
from tests.support.rig.desk import Desk
from tests.support.rig.inference import Inference

DTYPES = {"BYTES": np.object_, "INT64": np.int64, "FP64": np.float64}


@pytest.fixture
def inference(stocked_desk: Desk) -> Iterator[Inference]:
    """A service of version 1."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.serve() as process:
        process.wait_until_ready()
        yield process


@pytest.fixture
def client(inference: Inference) -> Iterator[Any]:
    """A client of the service."""
    with InferenceServerClient(inference.url.removeprefix("http://")) as client:
        yield client


@pytest.fixture
def model(inference: Inference) -> str:
    """The name of the served model."""
    name: str = inference.status()["model_name"]
    return name


def create_inputs(
    client: Any, model: str, rows: Sequence[Row], *, binary: bool = True, tall: bool = False
) -> list[Any]:
    """Creates tensors of the rows from the model's metadata."""
    tensors = []
    for spec in client.get_model_metadata(model)["inputs"]:
        values: Any = np.array([row[spec["name"]] for row in rows], dtype=DTYPES[spec["datatype"]])
        values = values.reshape(-1, 1) if tall else values
        tensor = InferInput(spec["name"], [*values.shape], spec["datatype"])
        tensors.append(tensor.set_data_from_numpy(values, binary_data=binary))
    return tensors


def assert_equal(result: Any, predictions: list[dict[str, Any]]) -> None:
    """Checks that the outputs equal the answer of `/predict`."""
    labels, probabilities = result.as_numpy("label"), result.as_numpy("probabilities")
    assert [text.decode() if isinstance(text, bytes) else text for text in labels] == [
        each["label"] for each in predictions
    ]
    assert probabilities.dtype == np.float32
    expected = [[*each["probabilities"].values()] for each in predictions]
    assert np.array_equal(probabilities, np.array(expected, np.float32))


@pytest.mark.parametrize(
    "shape",
    [{"binary": binary, "tall": tall} for binary in (False, True) for tall in (False, True)],
)
@pytest.mark.parametrize("binary_out", [[], [False, False], [True, True], [False, True]])
def test_answer_is_predicts(
    inference: Inference, client: Any, model: str, binary_out: list[bool], shape: dict[str, bool]
) -> None:
    """Tensors in JSON or binary, tall or flat, get the labels and probabilities of `/predict`."""
    rows = [dict(ROW), dict(OTHER)]
    outputs = [
        InferRequestedOutput(name, binary_data=binary)
        for name, binary in zip(("label", "probabilities"), binary_out, strict=False)
    ]
    tensors = create_inputs(client, model, rows, **shape)

    result = client.infer(model, tensors, outputs=outputs or None, request_id="seven")

    answer = result.get_response()
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("seven", model, "1")
    assert_equal(result, inference.predict(rows)["predictions"])


def test_compressed_request(inference: Inference, client: Any, model: str) -> None:
    """The header length of a compressed request is that of the plain body."""
    tensors = create_inputs(client, model, [ROW])
    result = client.infer(model, tensors, request_compression_algorithm="gzip")
    assert_equal(result, inference.predict([dict(ROW)])["predictions"])


def test_metadata(client: Any, model: str) -> None:
    """Metadata has the extensions, versions and tensors."""
    server = client.get_server_metadata()
    assert server["extensions"] == ["binary_tensor_data"]
    metadata = client.get_model_metadata(model)
    assert (metadata["name"], metadata["versions"]) == (model, ["1"])
    assert [tensor["name"] for tensor in metadata["inputs"]] == NAMES
    assert [tensor["shape"] for tensor in metadata["outputs"]] == [[-1], [-1, 2]]


def test_follows_the_alias(
    stocked_desk: Desk, inference: Inference, client: Any, model: str
) -> None:
    """A version answers while it serves and is not found otherwise."""
    tensors = create_inputs(client, model, [ROW])
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(model)
    assert client.is_model_ready(model, "1")
    assert not client.is_model_ready(model, "2")
    assert not client.is_model_ready("other")
    stocked_desk.baton("promote", "2", "--wait")
    inference.wait_until_serving("2")
    assert client.infer(model, tensors, "2").get_response()["model_version"] == "2"
    with pytest.raises(InferenceServerException, match="version '1' is not serving") as caught:
        client.infer(model, tensors, "1")
    assert caught.value.status() == "404"


def test_errors_have_a_status(client: Any, model: str) -> None:
    """The client's exception has the reason and the status."""
    tensors = create_inputs(client, model, [ROW])
    unknown = InferInput("odd", [1], "INT64").set_data_from_numpy(np.array([1]))
    for refused, status in (
        ([*tensors, unknown], "400"),
        ([*tensors, tensors[0]], "400"),
        (tensors[1:], "422"),
    ):
        with pytest.raises(InferenceServerException) as caught:
            client.infer(model, refused)
        assert caught.value.status() == status
        assert "exception occurred in the client" not in caught.value.message()
    with pytest.raises(InferenceServerException, match="no output 'odd'") as caught:
        client.infer(model, tensors, outputs=[InferRequestedOutput("odd")])
    assert caught.value.status() == "400"
