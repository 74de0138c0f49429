"""Versions that come and go, or are no good: one good version at a time serves throughout."""

import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from baton_registry import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.documents.reliability import Tell
from tests.support.faults.front import Exchange, Front
from tests.support.faults.incident import incident
from tests.support.rig.desk import Desk, move_alias, register
from tests.support.rig.stored import PICKLED, stored_copy

FLAPS = 60
FLAP_S = 0.1
BAD_VERSIONS = 50
OFTEN = "0.05"
"""Seconds between two looks at the alias: every move is seen, none is averaged out."""
KINDS = ("checksum", "engine", "invalid")


@pytest.mark.fault("alias: moves every 100 ms between eight versions")
def test_a_flapping_alias(producing: Desk, trained: list[ModelVersion], tell: Tell) -> None:
    """Every answer is wholly by one version, the last move wins, and the cache stays bounded."""
    versions = ["1", "2", *(register(producing, version) for version in trained * 3)]
    with producing.serve(BATON_POLL_INTERVAL_S=OFTEN) as inference, producing.registry as registry:
        expected = {}
        for version in ("2", "1"):
            move_alias(producing, version)
            inference.wait_serves(version)
            expected[version] = inference.predict([CUSTOMER])["predictions"]
        assert expected["1"] != expected["2"]
        for index, version in enumerate(versions):
            expected[version] = expected["12"[index % 2]]
        states = set()
        with incident(inference, producing.folder / "cache", tell, expected) as seen:
            for version in islice(cycle(versions), FLAPS):
                registry.set_alias(producing.model, "production", version)
                states.add(inference.status()["state"])
                time.sleep(FLAP_S)
            status = seen.shows(lambda status: status["state"] == "serving")
            seen.recovers(versions[(FLAPS - 1) % len(versions)])
        assert states <= {"serving", "swapping"}
        assert status["swaps"] > FLAPS // 4


def bad_versions(desk: Desk, folder: Path) -> list[str]:
    """As many as are tried: an altered file, a file that is no model, a version without one."""
    with desk.registry as registry:
        good = registry.get_version(desk.model, "2")
    unrecorded = replace(good, tags=MappingProxyType({}))
    bad = []
    for number in range(BAD_VERSIONS):
        if number % 3 == 0:
            bad.append(register(desk, good, **{"baton.manifest": "0" * 64}))
        else:
            file = {"model.onnx": b"rubbish"} if number % 3 == 1 else {"MLmodel": PICKLED}
            bad.append(stored_copy(desk, unrecorded, folder, **file))
    return bad


@pytest.mark.fault("versions: fifty in a row cannot be loaded")
def test_fifty_bad_versions(producing: Desk, tell: Tell, tmp_path: Path) -> None:
    """Each is told by name and leaves nothing behind; the next good one serves at once."""
    bad = bad_versions(producing, tmp_path)
    with producing.serve(BATON_POLL_INTERVAL_S=OFTEN) as inference:
        inference.wait_serves("1")
        with incident(inference, producing.folder / "cache", tell) as seen:
            for version in bad:
                move_alias(producing, version)
                status = seen.tells_of(version)
                assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
                assert status["aspired_version"] == version
            move_alias(producing, "2")
            seen.recovers("2")
        failures = inference.http.get("/metrics").text
        assert all(f'failures_total{{reason="{kind}"}}' in failures for kind in KINDS)


@pytest.mark.fault("versions: a version and its files are deleted during the load")
def test_a_version_deleted_while_loading(
    producing: Desk, front: Front, tell: Tell, tmp_path: Path
) -> None:
    """What is gone is not served, MLflow takes the alias with it, and what serves stays."""
    with producing.registry as registry:
        second = registry.get_version(producing.model, "2")
        doomed = stored_copy(producing, second, tmp_path)
        root = registry.get_artifact_root(registry.get_version(producing.model, doomed))

    def delete() -> None:
        with httpx.Client(base_url=f"{producing.tracking_uri}/api/2.0") as http:
            version = {"name": producing.model, "version": doomed}
            gone = http.request("DELETE", "/mlflow/model-versions/delete", json=version)
            gone.raise_for_status()
            http.delete(f"/mlflow-artifacts/artifacts/{root}/model.onnx").raise_for_status()

    def spoil(exchange: Exchange) -> None:
        front.mend()
        delete()
        exchange.forward()

    with producing.serve(MLFLOW_TRACKING_URI=front.uri) as inference:
        inference.wait_serves("1")
        with incident(inference, producing.folder / "cache", tell) as seen:
            front.break_(spoil, "/model.onnx")
            move_alias(producing, doomed)
            status = seen.shows(lambda status: status["aspired_version"] is None)
            assert (status["state"], status["serving"]["version"]) == ("degraded", "1")
            assert status["registry"]["reachable"] is True
            assert "model.onnx" in status["last_load_failure"]["reason"]
            move_alias(producing, "2")
            seen.recovers("2")
