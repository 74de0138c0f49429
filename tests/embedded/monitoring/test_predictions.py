"""The prediction log of a real process: what it answers is in its files, however it ends."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tritonclient.grpc import InferenceServerClient, InferInput

from baton_registry.versions.rollout_tags import get_weight_tag
from tests.support.bodies.rows import OTHER, ROW, Row
from tests.support.fakes.predictions import list_files, read_rows
from tests.support.rig.callers import call_steadily, draw_customers
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.inference import Inference
from tests.support.rig.process import find_free_port, wait_until

LIMIT_S = 20.0
DTYPES = {"BYTES": np.object_, "INT64": np.int64, "FP64": np.float64}
KEY = "a secret of 32 characters, or so"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the log."""
    return tmp_path / "predictions"


@pytest.fixture
def inference(stocked_desk: Desk, folder: Path) -> Iterator[Inference]:
    """A service of version 1 with a log."""
    move_alias(stocked_desk, "1")
    with stocked_desk.serve(
        BATON_PREDICTIONS_DIR=str(folder),
        BATON_PREDICTIONS_KEY=KEY,
        BATON_GRPC_PORT=str(find_free_port()),
    ) as process:
        process.wait_until_ready()
        yield process


def infer(inference: Inference, model: str, rows: list[Row]) -> None:
    """Sends rows over gRPC."""
    with InferenceServerClient(inference.grpc_address) as client:
        tensors = []
        for spec in client.get_model_metadata(model).inputs:
            values: Any = np.array([row[spec.name] for row in rows], dtype=DTYPES[spec.datatype])
            tensor = InferInput(spec.name, [*values.shape], spec.datatype)
            tensors.append(tensor.set_data_from_numpy(values))
        client.infer(model, tensors, headers={"x-request-id": "grpc"})


def find_rows(rows: list[dict[str, Any]], request_id: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["request_id"] == request_id]


def test_a_stopped_process_has_logged_every_row(
    stocked_desk: Desk, inference: Inference, folder: Path
) -> None:
    """All protocols; the rows, the outputs and the versions are those of the answers."""
    rows = [{**ROW, "tenure": number} for number in range(60)]
    headers = {"X-Request-ID": "predict", "X-Routing-Key": "customer 7"}
    answer = inference.http.post("/predict", json={"instances": rows}, headers=headers).json()
    split = {"columns": [*ROW], "data": [[*OTHER.values()]]}
    named = {"X-Request-ID": "invocations"}
    inference.http.post("/invocations", json={"dataframe_split": split}, headers=named)
    infer(inference, stocked_desk.model, [ROW, OTHER])
    assert inference.http.post("/predict", content=b"{").is_client_error
    assert inference.stop() == 0

    logged = read_rows(folder)
    assert len(logged) == 63
    predict = find_rows(logged, "predict")
    assert [row["row"] for row in predict] == [*range(60)]
    assert [row["f_tenure"] for row in predict] == [*range(60)]
    assert [row["label"] for row in predict] == [each["label"] for each in answer["predictions"]]
    for row, each in zip(predict, answer["predictions"], strict=True):
        for name, value in each["probabilities"].items():
            assert row[f"probability_{name}"] == pytest.approx(value, abs=1e-6)
    assert len({row["key"] for row in predict}) == 1
    assert len(predict[0]["key"]) == 64
    [invocation] = find_rows(logged, "invocations")
    assert (invocation["protocol"], invocation["key"]) == ("invocations", None)
    assert invocation["f_TotalCharges"] == OTHER["TotalCharges"]
    assert [row["protocol"] for row in find_rows(logged, "grpc")] == ["v2_grpc"] * 2
    assert {(row["alias"], row["sampling"]) for row in logged} == {("production", 1.0)}
    [file] = list_files(folder)
    assert file.parts[-4:-2] == (f"model={stocked_desk.model}", "version=1")
    assert [*folder.rglob("*.part")] == []


def test_a_killed_process_leaves_whole_files(
    stocked_desk: Desk, inference: Inference, folder: Path
) -> None:
    """Those that it had closed. The next start removes the part that it was writing."""
    inference.predict([dict(ROW)] * 5)
    move_alias(stocked_desk, "2")
    inference.wait_until_serving("2")
    inference.predict([dict(ROW)] * 7)
    wait_until(lambda: len(list_files(folder)) == 1, LIMIT_S, inference.log_tail)
    inference.stop(signal.SIGKILL)
    assert len(read_rows(folder)) == 5
    [file] = list_files(folder)
    part = file.with_name(f"{'0' * 16}-1.parquet.part")
    part.write_bytes(file.read_bytes()[:100])

    inference.start()
    inference.wait_until_ready()
    wait_until(lambda: not part.exists(), LIMIT_S, "the part is removed")
    inference.predict([dict(ROW)] * 3)
    assert inference.stop() == 0
    assert len(read_rows(folder)) == 8
    assert len(list_files(folder)) == 2


def test_pairs_are_logged(stocked_desk: Desk, inference: Inference, folder: Path) -> None:
    """A canary without a share scores answered rows; its answers are beside production's."""
    with stocked_desk.registry as registry:
        registry.set_version_tag(stocked_desk.model, "2", get_weight_tag("canary"), "0")
        registry.set_alias(stocked_desk.model, "canary", "2")

    def has_pairs() -> bool:
        canary = inference.status()["canary"]
        return bool(canary and canary["pairs"] and canary["pairs"]["counts"]["pairs"] > 50)

    with call_steadily(inference.url, draw_customers()) as callers:
        wait_until(has_pairs, LIMIT_S, inference.log_tail)
    assert callers.errors == []
    assert inference.stop() == 0
    logged = read_rows(folder)
    assert len(logged) == len(callers.answers)
    pairs = [row for row in logged if row["other_version"] == "2"]
    assert len(pairs) > 40
    assert all(row["other_label"] in ("Yes", "No", "yes", "no") for row in pairs)
    assert any(row["other_probability_Yes"] != row["probability_Yes"] for row in pairs)


def test_a_private_column_is_in_no_file(desk: Desk, folder: Path) -> None:
    """From the option of the training over the manifest to the files."""
    version = desk.train("--private", "tenure", "--private", "Contract")
    move_alias(desk, version)
    with desk.serve(BATON_PREDICTIONS_DIR=str(folder)) as process:
        process.wait_until_serving(version)
        process.predict([dict(ROW)])
        assert process.stop() == 0
    [row] = read_rows(folder)
    features = {name.removeprefix("f_") for name in row if name.startswith("f_")}
    assert features == {*ROW} - {"tenure", "Contract"}
    assert ROW["Contract"] not in row.values()
