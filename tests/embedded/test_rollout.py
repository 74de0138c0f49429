"""Rollouts of harmful versions and of a good one: real servers, a real controller, live callers."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from baton_engine.onnx.example import read_example
from baton_engine.onnx.synthetic import build_synthetic_rows
from baton_registry import ModelVersion
from baton_registry.rest.fetch import fetch
from baton_registry.versions.rollout_tags import is_aborted
from tests.support.rig.callers import Callers, call_steadily, draw_customers
from tests.support.rig.desk import Desk, register
from tests.support.rig.harmful_models import (
    CHARGE,
    Change,
    answer_nan_on,
    change_model,
    change_units,
    fail_on,
    find_free_residues,
    loop_on,
    slow_down,
)
from tests.support.rig.inference import Inference
from tests.support.rig.process import Process, wait_until
from tests.support.rig.stored import store_changed
from tests.support.rig.tracking_server import TrackingServer

POLL_S = 0.2
LAST_ANSWER_S = POLL_S + 1.5
"""The contract: nobody gets an answer of an aborted version later than this."""
LIMIT_S = 60.0
STEPS = ("--steps", "30,100", "--step-for", "1s", "--bake", "1s", "--min-pairs", "2000")
"""The canary answers callers from the start: a shadow could harm nobody anyway."""


@dataclass
class Stage:
    """Inference with version 1 in production, a controller, and callers, shared by all tests.

    Attributes:
        desk: the user's shell.
        inference: the process.
        callers: its callers.
        original: the version that the harmful ones are made of.
        onnx: its ONNX file.
        charges: the monthly charges of the rows that a load scores.
        folder: for files.
    """

    desk: Desk
    inference: Inference
    callers: Callers
    original: ModelVersion
    onnx: bytes
    charges: list[float]
    folder: Path

    def store(self, *changes: Change) -> str:
        """Registers the original with a changed model."""
        changed = change_model(self.onnx, *changes)
        return store_changed(self.desk, self.original, self.folder, changed, figures={})

    def find_residues(self, percent: int) -> tuple[int, int]:
        return find_free_residues(self.charges, percent)

    def wait_until_aborted(self, version: str) -> float:
        """Returns the time at which the abort was seen in the registry."""
        with self.desk.registry as registry:

            def is_done() -> bool:
                time.sleep(0.1)  # the registry shares the cores
                return is_aborted(registry.get_version(self.desk.model, version).tags)

            wait_until(is_done, LIMIT_S, f"version {version} is aborted: {self.show()}")
        return time.monotonic()

    def read_record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(
            self.desk.try_baton("rollout", "status", "--json").stdout
        )
        return record

    def show(self) -> str:
        """What a person would look at; for the message of a failed test."""
        return json.dumps([self.inference.status()["canary"], self.read_record()], indent=1)


@pytest.fixture(scope="module")
def stage(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("rollout")
    desk = Desk(tracking.uri, "rolled_out", folder)
    original = trained_versions[0]
    register(desk, original)
    desk.baton("promote", "1")
    fetched_folder = folder / "fetched"
    fetched_folder.mkdir()
    with desk.registry as registry:
        fetched = fetch(registry, original, fetched_folder)
    schema = fetched.mlmodel.schema
    example = [row[CHARGE] for row in read_example(fetched.input_example, schema)]
    at = [column.name for column in schema.columns].index(CHARGE)
    synthetic = [row[at] for row in build_synthetic_rows(schema)]
    with desk.serve(BATON_POLL_INTERVAL_S=str(POLL_S)) as inference:
        inference.wait_until_serving("1")
        command = [sys.executable, "-m", "baton_cli", "rollout", "run"]
        controller = Process(command, desk.env, folder / "controller.log")
        controller.start()
        try:
            with call_steadily(inference.url, draw_customers()) as callers:
                yield Stage(
                    desk, inference, callers, original, fetched.onnx, [*example, *synthetic], folder
                )
        finally:
            controller.stop()


def roll_out_harmful(stage: Stage, *changes: Change) -> str:
    """Rolls a harmful version out, and checks that it harms nobody. Returns the reason."""
    version = stage.store(*changes)
    first_answer = len(stage.callers.answers)
    stage.desk.baton("rollout", "start", version, *STEPS)
    aborted_at_s = stage.wait_until_aborted(version)
    time.sleep(LAST_ANSWER_S + 0.5)

    answers = stage.callers.answers[first_answer:]
    late = [each for each in answers if each.version == version]
    assert stage.callers.errors == []
    assert {each.version for each in answers} <= {"1", version}
    assert not late or late[-1].at_s < aborted_at_s + LAST_ANSWER_S
    assert stage.inference.is_serving("1")
    record = stage.read_record()
    assert (record["version"], record["phase"]) == (version, "aborted")
    return str(record["message"])


def test_version_that_fails_on_one_row_in_a_hundred(stage: Stage) -> None:
    message = roll_out_harmful(stage, fail_on(stage.find_residues(1)))
    assert "of its rows fail; allowed: 0.1 %" in message


def test_version_that_is_twice_as_slow(stage: Stage) -> None:
    assert "slower" in roll_out_harmful(stage, slow_down)


def test_version_that_gets_a_feature_in_other_units(stage: Stage) -> None:
    """Years of tenure instead of months: every answer is a valid one, and wrong."""
    message = roll_out_harmful(stage, change_units("tenure", 1 / 12))
    assert "mean score Yes differs" in message or "of its labels differ" in message


def test_version_that_answers_with_no_number(stage: Stage) -> None:
    assert "rows fail" in roll_out_harmful(stage, answer_nan_on(stage.find_residues(5)))


def test_version_that_loops_for_ever(stage: Stage) -> None:
    assert "rows fail" in roll_out_harmful(stage, loop_on(stage.find_residues(5)))


def test_good_version_is_promoted_by_itself(stage: Stage) -> None:
    """It answers almost as production does. It is the last: production moves."""
    version = stage.store(change_units("tenure", 1.01))
    stage.desk.baton("rollout", "start", version, *STEPS, "--reason", "cleaner data")
    stage.inference.wait_until_serving(version, LIMIT_S)
    wait_until(lambda: stage.read_record()["phase"] == "promoted", LIMIT_S, "the record has ended")
    assert stage.callers.errors == []
    assert stage.callers.count(version) > 100
    assert stage.desk.history()[-1] == ("1", version, "promote")
