"""The disk of the prediction log fails: answers do not notice, and no row is lost."""

import re
from collections.abc import Callable

import pytest

from tests.support.documents.reliability import RecordRow
from tests.support.fakes.predictions import list_files, read_rows
from tests.support.faults.incident import observe
from tests.support.faults.small_disk import SmallDisk
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.inference import Inference
from tests.support.rig.process import wait_until

LIMIT_S = 20.0


def read_counter(inference: Inference, name: str) -> float:
    text = inference.http.get("/metrics").text
    values = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
    return sum(map(float, values))


@pytest.mark.parametrize(
    ("fail", "repair"),
    [
        pytest.param(
            SmallDisk.fill,
            SmallDisk.free,
            marks=pytest.mark.fault("disk: full for the prediction log"),
        ),
        pytest.param(
            SmallDisk.lock,
            SmallDisk.unlock,
            marks=pytest.mark.fault("disk: read-only for the prediction log"),
        ),
    ],
)
def test_log_waits_for_its_disk(
    production_desk: Desk,
    record_row: RecordRow,
    fail: Callable[[SmallDisk, int], None],
    repair: Callable[[SmallDisk, int], None],
) -> None:
    """The file of a version that was replaced is written as soon as the disk takes it."""
    disk = SmallDisk(production_desk.folder / "disk")
    folder = str(disk.folder / "predictions")
    with production_desk.serve(disk.wrapper, BATON_PREDICTIONS_DIR=folder) as inference:
        inference.wait_until_serving("1")
        path = disk.path_for(inference.pid) / "predictions"
        with observe(inference, production_desk.folder / "cache", record_row) as incident:
            fail(disk, inference.pid)
            move_alias(production_desk, "2")
            status = incident.wait_for_status(lambda status: status["serving"]["version"] == "2")
            assert status["state"] == "serving"
            wait_until(
                lambda: read_counter(inference, "baton_predictions_failures_total") > 0,
                LIMIT_S,
                inference.log_tail,
            )
            assert "the prediction log cannot be written" in inference.log_tail
            incident.wait_for_answers()
            answered = incident.load.answers["1"]
            repair(disk, inference.pid)
            incident.wait_for_recovery("2")
            incident.recovered_s = wait_until(
                lambda: bool(list_files(path)), LIMIT_S, inference.log_tail
            )
            assert len(read_rows(path)) == answered
            assert read_counter(inference, "baton_predictions_dropped_rows_total") == 0
