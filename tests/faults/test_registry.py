"""The registry is unreachable: scoring continues, and inference follows the alias afterwards."""

import pytest

from tests.support.documents.reliability import RecordRow
from tests.support.faults.incident import Incident, observe
from tests.support.faults.proxy import Fault, FaultyProxy, respond_with
from tests.support.faults.toxiproxy import Link
from tests.support.rig.desk import Desk, move_alias


def wait_until_unreachable(incident: Incident) -> None:
    """Waits until the process is degraded because of its registry only."""
    status = incident.wait_for_status(lambda status: not status["registry"]["reachable"])
    assert status["state"] == "degraded"
    assert (status["aspired_version"], status["serving"]["version"]) == ("1", "1")
    assert status["last_load_failure"] is None
    assert status["registry"]["last_error"]


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        pytest.param(
            "latency",
            {"latency": 10_000},
            marks=pytest.mark.fault("registry: every answer is 10 s late"),
        ),
        pytest.param(
            "timeout", {"timeout": 0}, marks=pytest.mark.fault("registry: no answer arrives")
        ),
        pytest.param(
            "reset_peer",
            {"timeout": 0},
            marks=pytest.mark.fault("registry: every connection is reset"),
        ),
        pytest.param(
            "limit_data",
            {"bytes": 200},
            marks=pytest.mark.fault("registry: every answer is truncated"),
        ),
        pytest.param("down", {}, marks=pytest.mark.fault("registry: connections are refused")),
    ],
)
def test_broken_connection(
    production_desk: Desk, link: Link, record_row: RecordRow, kind: str, attributes: dict[str, int]
) -> None:
    """Scoring continues, and inference follows the alias after the repair."""
    with production_desk.serve(MLFLOW_TRACKING_URI=link.uri) as inference:
        inference.wait_until_serving("1")
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            link.inject(kind, **attributes)
            move_alias(production_desk, "2")
            wait_until_unreachable(incident)
            link.repair()
            incident.wait_for_recovery("2")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            respond_with(500, "text/plain", b"Internal Server Error"),
            marks=pytest.mark.fault("registry: answers 500"),
        ),
        pytest.param(
            respond_with(403, "text/plain", b"Invalid Host header"),
            marks=pytest.mark.fault("registry: answers 403"),
        ),
        pytest.param(
            respond_with(404, "text/html", b"<!doctype html><title>Not Found</title>"),
            marks=pytest.mark.fault("registry: answers 404 with an HTML page"),
        ),
        pytest.param(
            respond_with(200, "text/html", b"<!doctype html><title>Sign in</title>"),
            marks=pytest.mark.fault("registry: answers 200 with an HTML page"),
        ),
    ],
)
def test_useless_answer(
    production_desk: Desk, proxy: FaultyProxy, record_row: RecordRow, fault: Fault
) -> None:
    """An answer without the alias is not a reason to drop a version."""
    with production_desk.serve(MLFLOW_TRACKING_URI=proxy.uri) as inference:
        inference.wait_until_serving("1")
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            proxy.inject(fault)
            move_alias(production_desk, "2")
            wait_until_unreachable(incident)
            proxy.repair()
            incident.wait_for_recovery("2")
