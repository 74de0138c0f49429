"""A controller that reads labels from the prediction log."""

import math
from datetime import timedelta
from pathlib import Path

import pytest

from baton_cli.predictions.labelled_pairs import LabelledPairs
from baton_cli.rollouts.control.controller import Controller
from baton_cli.rollouts.control.observation import LABELS
from baton_cli.storage_location import StorageLocation
from tests.support.fakes.fleet import Stage
from tests.support.fakes.registry import MODEL
from tests.support.trainer.prediction_log import MadeLog

PAIRS = 300


def label_rows(stage: Stage, folder: Path, canary_yes: float) -> Controller:
    """Logs rows that both versions scored and that were `yes`, and reads them in a controller."""
    stage.start()
    at = stage.record.plan.started_at + timedelta(seconds=1)
    log = MadeLog(folder, MODEL)
    ids = [f"r{number}" for number in range(PAIRS)]
    answers = {
        f"{prefix}{name}": value
        for prefix, yes in (("", 0.9), ("other_", canary_yes))
        for name, value in (("label", "no"), ("probability_no", 1 - yes), ("probability_yes", yes))
    }
    rows = [{**answers, "other_version": "2", "request_id": each} for each in ids]
    log.add_predictions("1", rows, at=at)
    log.add_labels([{"request_id": each, "label": "yes"} for each in ids], at=at)
    labels = LabelledPairs(StorageLocation(str(folder)), MODEL, lambda _: None, lambda _: None)
    return Controller(stage.executor(), stage, labels=labels)


def test_canary_that_is_worse_on_labels_is_aborted(tmp_path: Path) -> None:
    """The fifth signal decides as the others do."""
    stage = Stage()
    controller = label_rows(stage, tmp_path, canary_yes=0.2)
    stage.run(controller)
    assert stage.describe()["verdict"] == "aborted"
    assert stage.describe()["production"] == "1"
    assert sum(stage.record.retired[LABELS].quality) == PAIRS
    assert stage.record.message.startswith("its loss on labelled rows differs by +0.6")


def test_labels_of_a_good_canary_do_not_stop_it(tmp_path: Path) -> None:
    """The log keeps them, so the record has them at its end only."""
    stage = Stage()
    controller = label_rows(stage, tmp_path, canary_yes=0.9)
    while stage.record.is_under_way:
        assert LABELS not in stage.record.retired
        controller.tick()
    assert stage.describe()["verdict"] == "passed"


@pytest.mark.parametrize("number", [math.nan, math.inf, 1e300])
def test_number_that_cannot_be_computed_with_does_not_end_the_controller(
    tmp_path: Path, number: float
) -> None:
    """It would end again after each restart: the log keeps it."""
    stage = Stage()
    controller = label_rows(stage, tmp_path, canary_yes=number)
    stage.run(controller)
    assert not stage.record.is_under_way


def test_controller_without_a_log_decides_without_labels(tmp_path: Path) -> None:
    stage = Stage()
    label_rows(stage, tmp_path, canary_yes=0.2)
    stage.run(stage.controller())
    assert stage.describe()["verdict"] == "passed"
