"""The life cycle of a version."""

import time
from pathlib import Path
from typing import Any

import mlflow
import pytest

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.stored import store_copy
from tests.support.rig.tracking_server import TrackingServer

POLL_S = 0.5


def test_from_training_to_rollback(desk: Desk) -> None:
    """One process follows training, promotion, rollback and a manual alias move."""
    with desk.serve(BATON_POLL_INTERVAL_S=str(POLL_S)) as inference:
        assert inference.http.get("/readyz").status_code == 503
        assert inference.status()["state"] == "waiting"

        assert desk.train() == "1"
        assert inference.status()["aspired_version"] is None  # training promotes nothing

        desk.baton("promote", "1", "--wait")
        first = inference.predict([CUSTOMER])
        assert first["model_version"] == "1"

        assert desk.train("--param", "C=0.1") == "2"
        desk.baton("promote", "challenger", "--reason", "less overfit", "--wait")
        second = inference.predict([CUSTOMER])
        assert second["model_version"] == "2"
        assert second["predictions"] != first["predictions"]

        desk.baton("rollback", "--wait")
        assert inference.predict([CUSTOMER]) == first

        client = mlflow.MlflowClient(tracking_uri=desk.tracking_uri)
        client.set_registered_model_alias(desk.model, "production", "2")
        took_s = inference.wait_until_serving("2")
        assert took_s <= POLL_S + 1.5
        assert inference.predict([CUSTOMER]) == second

        assert inference.popen is not None
        assert inference.popen.poll() is None  # the same process, from first to last
        assert inference.status()["swaps"] == 3
        desk.baton("status")

    assert desk.history() == [
        (None, "1", "promote"),
        ("1", "2", "promote"),
        ("2", "1", "rollback"),
        ("1", "2", "external"),
    ]


def test_mlflow_client_loads_the_version(stocked_desk: Desk) -> None:
    """`mlflow.pyfunc.load_model` by alias gives the labels of inference."""
    stocked_desk.baton("promote", "1")
    model = load_pyfunc(stocked_desk)
    example = model.input_example
    assert len(example) >= 5
    assert not example.isna().any().any()

    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        answer = inference.predict(example.to_dict("records"))
        labels = [row["label"] for row in answer["predictions"]]
        assert labels == list(model.predict(example))


def load_pyfunc(desk: Desk) -> Any:
    """Loads production with plain MLflow."""
    mlflow.set_tracking_uri(desk.tracking_uri)
    return mlflow.pyfunc.load_model(f"models:/{desk.model}@production")


def test_wait_ends_at_a_load_failure(stocked_desk: Desk, tmp_path: Path) -> None:
    """`promote --wait` ends at once if inference cannot load the version; suggests a rollback."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.registry as registry:
        version = registry.get_version(stocked_desk.model, "2")
    store_copy(
        stocked_desk, version, tmp_path, **{"model.onnx": b"altered"}
    )  # promote reads MLmodel
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        start = time.monotonic()
        result = stocked_desk.try_baton("promote", "3", "--wait", "60")
        assert result.returncode == 1
        assert time.monotonic() - start < 30
        assert "baton rollback" in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
        assert inference.is_serving("1")

        again = stocked_desk.try_baton("promote", "3", "--force", "--wait", "60")
        assert again.returncode == 1
        assert "model.onnx" in again.stderr  # the failure is not new, but still the reason
        assert time.monotonic() - start < 30


@pytest.mark.parametrize("verb", [("promote", "1"), ("rollback",), ("history",), ("status",)])
def test_unreachable_registry_is_one_line(tmp_path: Any, verb: tuple[str, ...]) -> None:
    """Each verb fails with one line that names the registry."""
    desk = Desk("http://127.0.0.1:9", "churn_model", tmp_path)

    result = desk.try_baton(*verb)

    assert result.returncode == 1
    assert "127.0.0.1:9" in result.stderr.strip().splitlines()[-1]


def test_name_with_special_characters(tracking: TrackingServer, tmp_path: Path) -> None:
    """A name that MLflow accepts works in the whole life cycle."""
    desk = Desk(tracking.uri, "acme.o'brien 100% ü", tmp_path)
    assert desk.train("--promote") == "1"
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        assert inference.predict([CUSTOMER])["model_name"] == desk.model
