"""The registry answers and its store does not: the new version waits, the old one serves."""

import pytest

from tests.support.documents.reliability import Tell
from tests.support.faults.front import STORE, Front, Spoil, answering, cut, late, reset, trickling
from tests.support.faults.incident import incident
from tests.support.rig.desk import Desk, move_alias

SLOW_S = 10.0
MODEL = "/model.onnx"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(late(SLOW_S), marks=pytest.mark.fault("store: every file is 10 s late")),
        pytest.param(cut, marks=pytest.mark.fault("store: the download is truncated")),
        pytest.param(
            reset, marks=pytest.mark.fault("store: the connection is reset during the download")
        ),
        pytest.param(
            answering(500, "text/plain", b"Internal Server Error"),
            marks=pytest.mark.fault("store: answers 500"),
        ),
        pytest.param(
            answering(403, "application/xml", b"<Error><Code>AccessDenied</Code></Error>"),
            marks=pytest.mark.fault("store: answers 403"),
        ),
    ],
)
def test_files_that_cannot_be_had(producing: Desk, front: Front, tell: Tell, spoil: Spoil) -> None:
    """A version whose files do not come is a load failure, and is tried again by itself."""
    with producing.serve(MLFLOW_TRACKING_URI=front.uri) as inference:
        inference.wait_serves("1")
        with incident(inference, producing.folder / "cache", tell) as seen:
            front.break_(spoil, STORE)
            move_alias(producing, "2")
            status = seen.shows(lambda status: status["last_load_failure"] is not None)
            assert status["state"] == "degraded"
            assert (status["aspired_version"], status["serving"]["version"]) == ("2", "1")
            assert status["last_load_failure"]["version"] == "2"
            assert status["registry"]["reachable"] is True
            front.mend()
            seen.recovers("2")


@pytest.mark.fault("store: the download takes 10 s")
def test_a_slow_download(producing: Desk, front: Front, tell: Tell) -> None:
    """A download that is slow is waited for, and nobody else waits."""
    with producing.serve(MLFLOW_TRACKING_URI=front.uri) as inference:
        inference.wait_serves("1")
        with incident(inference, producing.folder / "cache", tell) as seen:
            front.break_(trickling(SLOW_S), MODEL)
            move_alias(producing, "2")
            status = seen.shows(lambda status: status["state"] == "swapping")
            assert status["serving"]["version"] == "1"
            seen.recovers("2", limit_s=SLOW_S + 10)
