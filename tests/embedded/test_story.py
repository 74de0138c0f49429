"""The life cycle, in the order of a user."""

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
    """Train, promote, train, promote, roll back, move by hand: one process follows all of it."""
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


def test_loads_in_any_mlflow_client(stocked_desk: Desk) -> None:
    """`mlflow.pyfunc.load_model` by alias gives the labels that the service gives."""
    stocked_desk.baton("promote", "1")
    model = pyfunc(stocked_desk)
    example = model.input_example
    assert len(example) >= 5
    assert not example.isna().any().any()

    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        answer = inference.predict(example.to_dict("records"))
        labels = [row["label"] for row in answer["predictions"]]
        assert labels == list(model.predict(example))


def pyfunc(desk: Desk) -> Any:
    """What a plain MLflow user loads."""
    mlflow.set_tracking_uri(desk.tracking_uri)
    return mlflow.pyfunc.load_model(f"models:/{desk.model}@production")


def test_a_wait_ends_when_the_load_failed(stocked_desk: Desk, tmp_path: Path) -> None:
    """`promote --wait` ends at once on a version that inference cannot load, and says how back."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.registry as registry:
        version = registry.get_version(stocked_desk.model, "2")
    store_copy(
        stocked_desk, version, tmp_path, **{"model.onnx": b"altered"}
    )  # promote reads MLmodel
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        start = time.monotonic()
        done = stocked_desk.try_baton("promote", "3", "--wait", "60")
        assert done.returncode == 1
        assert time.monotonic() - start < 30
        assert "baton rollback" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert inference.is_serving("1")

        again = stocked_desk.try_baton("promote", "3", "--force", "--wait", "60")
        assert again.returncode == 1
        assert "model.onnx" in again.stderr  # it is not news, and still the reason
        assert time.monotonic() - start < 30


@pytest.mark.parametrize("verb", [("promote", "1"), ("rollback",), ("history",), ("status",)])
def test_registry_away(tmp_path: Any, verb: tuple[str, ...]) -> None:
    """Without a registry each verb fails in one line that names it."""
    desk = Desk("http://127.0.0.1:9", "churn_model", tmp_path)

    done = desk.try_baton(*verb)

    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr.strip().splitlines()[-1]


def test_an_odd_name_lives_as_well(tracking: TrackingServer, tmp_path: Path) -> None:
    """A name that MLflow's registry takes goes through the whole life cycle."""
    desk = Desk(tracking.uri, "acme.o'brien 100% ü", tmp_path)
    assert desk.train("--promote") == "1"
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        assert inference.predict([CUSTOMER])["model_name"] == desk.model
