"""The registry cannot be asked: what serves goes on, and a move is followed afterwards."""

import pytest

from tests.support.documents.reliability import Tell
from tests.support.faults.front import Front, Spoil, answering
from tests.support.faults.incident import Incident, incident
from tests.support.faults.toxiproxy import Link
from tests.support.rig.desk import Desk, move_alias


def is_out_of_reach(seen: Incident) -> None:
    """Waits for the status of a process that is degraded for its registry alone."""
    status = seen.shows(lambda status: not status["registry"]["reachable"])
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
def test_a_broken_connection(
    producing: Desk, link: Link, tell: Tell, kind: str, attributes: dict[str, int]
) -> None:
    """Whatever becomes of the connection, scoring goes on and the alias is followed afterwards."""
    with producing.serve(MLFLOW_TRACKING_URI=link.uri) as inference:
        inference.wait_serves("1")
        with incident(inference, producing.folder / "cache", tell) as seen:
            link.spoil(kind, **attributes)
            move_alias(producing, "2")
            is_out_of_reach(seen)
            link.mend()
            seen.recovers("2")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(
            answering(500, "text/plain", b"Internal Server Error"),
            marks=pytest.mark.fault("registry: answers 500"),
        ),
        pytest.param(
            answering(403, "text/plain", b"Invalid Host header"),
            marks=pytest.mark.fault("registry: answers 403"),
        ),
        pytest.param(
            answering(404, "text/html", b"<!doctype html><title>Not Found</title>"),
            marks=pytest.mark.fault("registry: answers 404 with an HTML page"),
        ),
        pytest.param(
            answering(200, "text/html", b"<!doctype html><title>Sign in</title>"),
            marks=pytest.mark.fault("registry: answers 200 with an HTML page"),
        ),
    ],
)
def test_an_answer_that_is_none(producing: Desk, front: Front, tell: Tell, spoil: Spoil) -> None:
    """An answer that says nothing of the alias is none, and no reason to drop a version."""
    with producing.serve(MLFLOW_TRACKING_URI=front.uri) as inference:
        inference.wait_serves("1")
        with incident(inference, producing.folder / "cache", tell) as seen:
            front.break_(spoil)
            move_alias(producing, "2")
            is_out_of_reach(seen)
            front.mend()
            seen.recovers("2")
