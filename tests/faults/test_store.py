"""The store fails, the registry does not: the old version serves until the new one loads."""

import pytest

from tests.support.documents.reliability import RecordRow
from tests.support.faults.incident import observe
from tests.support.faults.proxy import (
    STORE,
    Fault,
    FaultyProxy,
    delay,
    reset,
    respond_with,
    trickle,
    truncate,
)
from tests.support.rig.desk import Desk, move_alias

SLOW_S = 10.0
MODEL = "/model.onnx"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(delay(SLOW_S), marks=pytest.mark.fault("store: every file is 10 s late")),
        pytest.param(truncate, marks=pytest.mark.fault("store: the download is truncated")),
        pytest.param(
            reset, marks=pytest.mark.fault("store: the connection is reset during the download")
        ),
        pytest.param(
            respond_with(500, "text/plain", b"Internal Server Error"),
            marks=pytest.mark.fault("store: answers 500"),
        ),
        pytest.param(
            respond_with(403, "application/xml", b"<Error><Code>AccessDenied</Code></Error>"),
            marks=pytest.mark.fault("store: answers 403"),
        ),
    ],
)
def test_files_are_unavailable(
    production_desk: Desk, proxy: FaultyProxy, record_row: RecordRow, fault: Fault
) -> None:
    """The load fails, and inference retries it by itself."""
    with production_desk.serve(MLFLOW_TRACKING_URI=proxy.uri) as inference:
        inference.wait_until_serving("1")
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            proxy.inject(fault, STORE)
            move_alias(production_desk, "2")
            status = incident.wait_for_status(
                lambda status: status["last_load_failure"] is not None
            )
            assert status["state"] == "degraded"
            assert (status["aspired_version"], status["serving"]["version"]) == ("2", "1")
            assert status["last_load_failure"]["version"] == "2"
            assert status["registry"]["reachable"] is True
            proxy.repair()
            incident.wait_for_recovery("2")


@pytest.mark.fault("store: the download takes 10 s")
def test_slow_download(production_desk: Desk, proxy: FaultyProxy, record_row: RecordRow) -> None:
    """Inference waits for the download while it answers requests."""
    with production_desk.serve(MLFLOW_TRACKING_URI=proxy.uri) as inference:
        inference.wait_until_serving("1")
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            proxy.inject(trickle(SLOW_S), MODEL)
            move_alias(production_desk, "2")
            status = incident.wait_for_status(lambda status: status["state"] == "swapping")
            assert status["serving"]["version"] == "1"
            incident.wait_for_recovery("2", limit_s=SLOW_S + 10)
