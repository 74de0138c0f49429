"""Inference is killed: it restarts with its version and cleans up."""

import signal

import pytest

from tests.support.documents.reliability import RecordRow
from tests.support.faults.incident import observe
from tests.support.faults.proxy import FaultyProxy, delay
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.process import wait_until

READY_FROM_CACHE_S = 5.0
"""The contract's bound."""
LONG_S = 60.0


@pytest.mark.fault("inference: killed during a download")
def test_kill_during_load(production_desk: Desk, proxy: FaultyProxy, record_row: RecordRow) -> None:
    """It serves the earlier version, then the alias's, and clears the staging folder."""
    cache = production_desk.folder / "cache"
    with production_desk.serve(MLFLOW_TRACKING_URI=proxy.uri) as inference:
        inference.wait_until_serving("1")
        proxy.inject(delay(LONG_S), "/model.onnx")
        move_alias(production_desk, "2")
        wait_until(lambda: inference.status()["state"] == "swapping", 10, "a load under way")
        inference.stop(signal.SIGKILL)
        [left] = (cache / "staging").iterdir()

        inference.start()
        inference.wait_until_ready(READY_FROM_CACHE_S)
        assert not left.exists()

        def record_both(callers: str, state: str, recovered_s: float) -> None:
            record_row(f"none while it was down; then {callers}", state, recovered_s)

        with observe(inference, cache, record_both) as incident:
            status = incident.wait_for_status(lambda status: status["state"] == "swapping")
            assert status["serving"]["version"] == "1"
            proxy.repair()
            incident.wait_for_recovery("2")
