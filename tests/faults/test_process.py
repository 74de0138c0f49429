"""Inference itself dies: it comes back with what it served, and leaves nothing half-done behind."""

import signal

import pytest

from tests.support.documents.reliability import Tell
from tests.support.faults.front import Front, late
from tests.support.faults.incident import incident
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.process import wait_until

READY_FROM_CACHE_S = 5.0
"""The contract's bound."""
LONG_S = 60.0


@pytest.mark.fault("inference: killed during a download")
def test_killed_while_loading(producing: Desk, front: Front, tell: Tell) -> None:
    """Started again it serves what it served, then what the alias names; the rest is cleared."""
    cache = producing.folder / "cache"
    with producing.serve(MLFLOW_TRACKING_URI=front.uri) as inference:
        inference.wait_serves("1")
        front.break_(late(LONG_S), "/model.onnx")
        move_alias(producing, "2")
        wait_until(lambda: inference.status()["state"] == "swapping", 10, "a load under way")
        inference.stop(signal.SIGKILL)
        [left] = (cache / "staging").iterdir()

        inference.start()
        inference.wait_ready(READY_FROM_CACHE_S)
        assert not left.exists()

        def tell_of_both(callers: str, state: str, recovered_s: float) -> None:
            tell(f"none while it was down; then {callers}", state, recovered_s)

        with incident(inference, cache, tell_of_both) as seen:
            status = seen.shows(lambda status: status["state"] == "swapping")
            assert status["serving"]["version"] == "1"
            front.mend()
            seen.recovers("2")
