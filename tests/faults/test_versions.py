"""Versions that change quickly or cannot load: a good version serves throughout."""

import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.reliability import RecordRow
from tests.support.faults.incident import observe
from tests.support.faults.proxy import Exchange, FaultyProxy
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.stored import PICKLED_MLMODEL, store_copy

FLAPS = 60
FLAP_S = 0.1
BAD_VERSIONS = 50
OFTEN = "0.05"
"""A poll interval short enough to see every move."""
KINDS = ("checksum", "engine", "invalid")


@pytest.mark.fault("alias: moves every 100 ms between eight versions")
def test_flapping_alias(
    production_desk: Desk, trained_versions: list[ModelVersion], record_row: RecordRow
) -> None:
    """Every answer comes from one version, the last move wins, and the cache stays bounded."""
    versions = ["1", "2", *(register(production_desk, version) for version in trained_versions * 3)]
    with (
        production_desk.serve(BATON_POLL_INTERVAL_S=OFTEN) as inference,
        production_desk.registry as registry,
    ):
        expected = {}
        for version in ("2", "1"):
            move_alias(production_desk, version)
            inference.wait_until_serving(version)
            expected[version] = inference.predict([CUSTOMER])["predictions"]
        assert expected["1"] != expected["2"]
        for index, version in enumerate(versions):
            expected[version] = expected["12"[index % 2]]
        states = set()
        with observe(inference, production_desk.folder / "cache", record_row, expected) as incident:
            for version in islice(cycle(versions), FLAPS):
                registry.set_alias(production_desk.model, "production", version)
                states.add(inference.status()["state"])
                time.sleep(FLAP_S)
            status = incident.wait_for_status(lambda status: status["state"] == "serving")
            incident.wait_for_recovery(versions[(FLAPS - 1) % len(versions)])
        assert states <= {"serving", "swapping"}
        assert status["swaps"] > FLAPS // 4


def create_bad_versions(desk: Desk, folder: Path) -> list[str]:
    """Creates bad versions: a wrong checksum, an invalid model, a missing model."""
    with desk.registry as registry:
        good = registry.get_version(desk.model, "2")
    unrecorded = replace(good, tags=MappingProxyType({}))
    bad = []
    for number in range(BAD_VERSIONS):
        if number % 3 == 0:
            bad.append(register(desk, good, **{"baton.manifest": "0" * 64}))
        else:
            file = {"model.onnx": b"rubbish"} if number % 3 == 1 else {"MLmodel": PICKLED_MLMODEL}
            bad.append(store_copy(desk, unrecorded, folder, **file))
    return bad


@pytest.mark.fault("versions: fifty in a row cannot be loaded")
def test_fifty_bad_versions(production_desk: Desk, record_row: RecordRow, tmp_path: Path) -> None:
    """Each one is reported and leaves nothing behind; the next good version serves at once."""
    bad = create_bad_versions(production_desk, tmp_path)
    with production_desk.serve(BATON_POLL_INTERVAL_S=OFTEN) as inference:
        inference.wait_until_serving("1")
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            for version in bad:
                move_alias(production_desk, version)
                status = incident.wait_for_failure(version)
                assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
                assert status["aspired_version"] == version
            move_alias(production_desk, "2")
            incident.wait_for_recovery("2")
        failures = inference.http.get("/metrics").text
        assert all(f'failures_total{{reason="{kind}"}}' in failures for kind in KINDS)


@pytest.mark.fault("versions: a version and its files are deleted during the load")
def test_version_deleted_during_load(
    production_desk: Desk, proxy: FaultyProxy, record_row: RecordRow, tmp_path: Path
) -> None:
    """Production keeps serving; MLflow deletes the alias with the version."""
    with production_desk.registry as registry:
        second = registry.get_version(production_desk.model, "2")
        doomed = store_copy(production_desk, second, tmp_path)
        root = registry.get_artifact_root(registry.get_version(production_desk.model, doomed))

    def delete() -> None:
        with httpx.Client(base_url=f"{production_desk.tracking_uri}/api/2.0") as http:
            version = {"name": production_desk.model, "version": doomed}
            gone = http.request("DELETE", "/mlflow/model-versions/delete", json=version)
            gone.raise_for_status()
            http.delete(f"/mlflow-artifacts/artifacts/{root}/model.onnx").raise_for_status()

    def fault(exchange: Exchange) -> None:
        proxy.repair()
        delete()
        exchange.forward()

    with production_desk.serve(MLFLOW_TRACKING_URI=proxy.uri) as inference:
        inference.wait_until_serving("1")
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            proxy.inject(fault, "/model.onnx")
            move_alias(production_desk, doomed)
            status = incident.wait_for_status(lambda status: status["aspired_version"] is None)
            assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
            assert status["registry"]["reachable"] is True
            assert "model.onnx" in status["last_load_failure"]["reason"]
            move_alias(production_desk, "2")
            incident.wait_for_recovery("2")
