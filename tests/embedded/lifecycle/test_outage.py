"""Static stability: the serving version does not depend on the registry."""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk, register
from tests.support.rig.load import steady_load
from tests.support.rig.process import wait_until
from tests.support.rig.tracking_server import TrackingServer

READY_FROM_CACHE_S = 5.0
"""The contract's bound."""
BODY = {"instances": [CUSTOMER]}


def test_scoring_continues_without_the_registry(
    tmp_path: Path, trained_versions: list[ModelVersion], tracking: TrackingServer
) -> None:
    """The tracking server stops: scoring continues, and a new process is ready from its cache."""
    own = TrackingServer(tmp_path / "own")
    own.start()
    desk = Desk(own.uri, "churn_model", tmp_path)
    assert desk.train("--promote") == "1"
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        before = inference.predict([CUSTOMER])

        with steady_load(inference.url, BODY) as load:
            own.stop(limit_s=30)
            wait_until(lambda: inference.status()["state"] == "degraded", 20, "degraded")
            count = load.answers["1"]
            wait_until(lambda: load.answers["1"] > count + 50, 20, "more answers")
        assert load.errors == []
        status = inference.status()
        assert status["registry"]["reachable"] is False
        assert status["registry"]["last_error"]
        assert (status["aspired_version"], status["last_load_failure"]) == ("1", None)
        assert inference.http.get("/readyz").status_code == 200

        assert inference.stop() == 0
        inference.start()
        assert inference.wait_until_ready(READY_FROM_CACHE_S) < READY_FROM_CACHE_S
        assert inference.predict([CUSTOMER]) == before
        assert inference.status()["serving"]["source"] == "cache"

        own.start()
        wait_until(lambda: inference.status()["state"] == "serving", 20, "serving again")
        assert inference.status()["serving"]["source"] == "registry"
    own.stop(limit_s=30)


def test_three_problems_are_distinguished(stocked_desk: Desk) -> None:
    """/status distinguishes a missing alias, a load failure and an unreachable registry."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.serve() as inference, stocked_desk.registry as registry:
        inference.wait_until_serving("1")
        assert inference.status()["state"] == "serving"

        registry.delete_alias(stocked_desk.model, "production")
        wait_until(lambda: inference.status()["state"] == "degraded", 5, "missing alias")
        status = inference.status()
        assert status["aspired_version"] is None
        assert status["last_load_failure"] is None
        assert status["registry"]["reachable"] is True

        broken = registry.get_version(stocked_desk.model, "2")
        register(stocked_desk, broken, **{"baton.manifest": "0" * 64})
        registry.set_alias(stocked_desk.model, "production", "3")
        wait_until(lambda: inference.status()["last_load_failure"] is not None, 5, "load failure")
        status = inference.status()
        assert status["state"] == "degraded"
        assert status["aspired_version"] == "3"
        assert status["last_load_failure"]["version"] == "3"
        assert "baton-manifest.json" in status["last_load_failure"]["reason"]
        assert status["registry"]["reachable"] is True

        assert inference.predict([CUSTOMER])["model_version"] == "1"
        registry.set_alias(stocked_desk.model, "production", "2")
        inference.wait_until_serving("2")
        assert inference.status()["last_load_failure"] is None
        assert inference.status()["state"] == "serving"


def test_sigterm_completes_accepted_requests(stocked_desk: Desk) -> None:
    """A process under load exits with 0 within ten seconds and completes every answer."""
    stocked_desk.baton("promote", "1")
    with stocked_desk.serve() as inference:
        inference.wait_until_serving("1")
        with steady_load(inference.url, BODY) as load:
            wait_until(lambda: load.answers["1"] > 20, 20, "load runs")
            assert inference.stop() == 0
        assert [fault for fault in load.errors if "ConnectError" not in fault] == []


@pytest.mark.parametrize("flavor", ["sklearn", "onnx"])
def test_versions_of_plain_mlflow(desk: Desk, flavor: str) -> None:
    """Plain MLflow's ONNX version serves; its scikit-learn version is a load failure."""
    create_plain_mlflow_version(desk, flavor)
    with desk.registry as registry:
        registry.set_alias(desk.model, "production", "1")
    with desk.serve() as inference:
        if flavor == "onnx":
            inference.wait_until_serving("1")
            answer = inference.predict([{"a": 0.1, "b": -2.0}])["predictions"][0]
            assert sorted(answer["probabilities"]) == ["no", "yes"]
            assert answer["label"] in ("no", "yes")
        else:
            wait_until(
                lambda: inference.status()["last_load_failure"] is not None, 10, "load failure"
            )
            assert "no ONNX model" in inference.status()["last_load_failure"]["reason"]
            assert inference.status()["state"] == "waiting"


def create_plain_mlflow_version(desk: Desk, flavor: str) -> None:
    """Registers version 1 with plain MLflow."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame({"a": rng.normal(size=99), "b": rng.normal(size=99)})
    y = np.where(x["a"] + x["b"] > 0, "yes", "no")
    model = LogisticRegression().fit(x.to_numpy(), y)
    signature = mlflow.models.infer_signature(x, y)
    mlflow.set_tracking_uri(desk.tracking_uri)
    mlflow.set_experiment(
        desk.model
    )  # MLflow keeps the experiment of earlier tests in this process
    with mlflow.start_run():
        options = {"signature": signature, "registered_model_name": desk.model}
        options |= {"pip_requirements": []}
        if flavor == "onnx":
            onnx = to_onnx(model, x.to_numpy(dtype=np.float32))
            mlflow.onnx.log_model(onnx, name="model", **options)
        else:
            mlflow.sklearn.log_model(model, name="model", **options)
