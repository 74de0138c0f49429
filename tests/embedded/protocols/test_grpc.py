"""V2 over gRPC with an unmodified `tritonclient.grpc`."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from tritonclient.grpc import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from tests.support.bodies.rows import NAMES, OTHER, ROW, Row
from tests.support.rig.desk import Desk
from tests.support.rig.inference import Inference
from tests.support.rig.process import find_free_port

DTYPES = {"BYTES": np.object_, "INT64": np.int64, "FP64": np.float64}
SWAPS = 40
ROWS = [dict(ROW), dict(OTHER)]


@pytest.fixture
def client(shared_inference: Inference) -> Iterator[Any]:
    """A client of the service."""
    with InferenceServerClient(shared_inference.grpc_address) as client:
        yield client


@pytest.fixture
def model(shared_inference: Inference) -> str:
    """The name of the served model."""
    name: str = shared_inference.status()["model_name"]
    return name


def create_inputs(client: Any, model: str, rows: Sequence[Row], *, tall: bool = False) -> list[Any]:
    """Creates tensors of the rows from the model's metadata."""
    tensors = []
    for spec in client.get_model_metadata(model).inputs:
        values: Any = np.array([row[spec.name] for row in rows], dtype=DTYPES[spec.datatype])
        values = values.reshape(-1, 1) if tall else values
        tensor = InferInput(spec.name, [*values.shape], spec.datatype)
        tensors.append(tensor.set_data_from_numpy(values))
    return tensors


def read_predictions(result: Any) -> list[tuple[str, list[float]]]:
    """Reads the labels and probabilities."""
    labels, probabilities = result.as_numpy("label"), result.as_numpy("probabilities")
    assert probabilities.dtype == np.float32
    return [
        (label.decode(), row.tolist()) for label, row in zip(labels, probabilities, strict=True)
    ]


def convert(predictions: list[dict[str, Any]]) -> list[tuple[str, list[float]]]:
    """Converts predictions of `/predict`, whose probabilities are in single precision."""
    return [
        (each["label"], np.array([*each["probabilities"].values()], np.float32).tolist())
        for each in predictions
    ]


@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("compression", [None, "gzip"])
def test_answer_is_predicts(
    shared_inference: Inference, client: Any, model: str, compression: str | None, *, tall: bool
) -> None:
    """Tensors get the labels and probabilities of `/predict`, bit for bit."""
    tensors = create_inputs(client, model, ROWS, tall=tall)
    result = client.infer(model, tensors, request_id="seven", compression_algorithm=compression)
    answer = result.get_response()
    assert (answer.id, answer.model_name, answer.model_version) == ("seven", model, "1")
    assert read_predictions(result) == convert(shared_inference.predict(ROWS)["predictions"])


def test_requested_output(client: Any, model: str) -> None:
    """Only the requested output is answered; an unknown one is an error."""
    tensors = create_inputs(client, model, [ROW])
    result = client.infer(model, tensors, outputs=[InferRequestedOutput("label")])
    assert [output.name for output in result.get_response().outputs] == ["label"]
    with pytest.raises(InferenceServerException, match="no output 'odd'") as caught:
        client.infer(model, tensors, outputs=[InferRequestedOutput("odd")])
    assert caught.value.status() == "StatusCode.INVALID_ARGUMENT"


def test_metadata_and_readiness(client: Any, model: str) -> None:
    """They are those of HTTP."""
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(model)
    assert client.is_model_ready(model, "1")
    assert not client.is_model_ready(model, "2")
    assert not client.is_model_ready("other")
    assert client.get_server_metadata().name == "baton"
    metadata = client.get_model_metadata(model)
    assert [tensor.name for tensor in metadata.inputs] == NAMES
    assert [[*tensor.shape] for tensor in metadata.outputs] == [[-1], [-1, 2]]


def test_errors_have_a_status(client: Any, model: str) -> None:
    """The client's exception has the reason and the code."""
    tensors = create_inputs(client, model, [ROW])
    unknown = InferInput("odd", [1], "INT64").set_data_from_numpy(np.array([1]))
    for refused, text in (
        ([*tensors, unknown], "no input 'odd'"),
        ([*tensors, tensors[0]], "occurs twice"),
        (tensors[1:], f"row 0, {NAMES[0]}: "),
    ):
        with pytest.raises(InferenceServerException, match=text) as caught:
            client.infer(model, refused)
        assert caught.value.status() == "StatusCode.INVALID_ARGUMENT"
    with pytest.raises(InferenceServerException, match="version '9' is not serving") as caught:
        client.infer(model, tensors, "9")
    assert caught.value.status() == "StatusCode.NOT_FOUND"


def test_swaps_under_load_lose_no_call(stocked_desk: Desk) -> None:
    """No call fails, and every answer is its version's own."""
    stocked_desk.baton("promote", "1")
    settings = {"BATON_POLL_INTERVAL_S": "0.05", "BATON_GRPC_PORT": str(find_free_port())}
    answers: Counter[str] = Counter()
    errors: list[str] = []
    stop = threading.Event()
    with stocked_desk.serve(**settings) as inference, stocked_desk.registry as registry:
        expected = {}
        for version in ("2", "1"):
            registry.set_alias(stocked_desk.model, "production", version)
            inference.wait_until_serving(version)
            expected[version] = convert(inference.predict(ROWS)["predictions"])
        assert expected["1"] != expected["2"]

        def call() -> None:
            with InferenceServerClient(inference.grpc_address) as client:
                tensors = create_inputs(client, stocked_desk.model, ROWS)
                while not stop.wait(0.002):
                    try:
                        result = client.infer(stocked_desk.model, tensors)
                    except InferenceServerException as error:
                        errors.append(str(error))
                        return
                    version = result.get_response().model_version
                    answers[version] += 1
                    if read_predictions(result) != expected[version]:
                        errors.append(f"not the answer of version {version}")

        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        for swap in range(SWAPS):
            version = "21"[swap % 2]
            registry.set_alias(stocked_desk.model, "production", version)
            inference.wait_until_serving(version)
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert min(answers["1"], answers["2"]) > SWAPS
