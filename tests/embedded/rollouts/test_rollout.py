"""Rollouts of harmful versions and of a good one: real servers, a real controller, live callers."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.rollout_tags import get_weight_tag
from tests.support.rig.callers import Callers, call_steadily, draw_customers
from tests.support.rig.desk import Desk, register
from tests.support.rig.harmful_models import (
    Change,
    answer_nan_on,
    change_units,
    fail_on,
    is_hit,
    loop_on,
    slow_down,
)
from tests.support.rig.inference import Inference
from tests.support.rig.process import Process, wait_until
from tests.support.rig.rollouts import LIMIT_S, Material, find_last, wait_until_aborted
from tests.support.rig.tracking_server import TrackingServer

POLL_S = 0.2
LAST_ANSWER_S = POLL_S + 1.5
"""The contract: no caller gets an answer of an aborted version later than this."""
HARMFUL = ("--steps", "100", "--bake", "5m")
"""The canary answers every request as soon as it is live. A shadow could do no harm."""
GOOD = ("--steps", "30,100", "--step-for", "1s", "--bake", "1s", "--min-pairs", "2000")


@dataclass
class Stage:
    """Inference with version 1 in production, a controller, and callers, shared by all tests."""

    desk: Desk
    inference: Inference
    callers: Callers
    material: Material

    def read_record(self) -> dict[str, Any]:
        """What a program reads about the rollout."""
        shown = self.desk.try_baton("rollout", "status", "--json").stdout
        record: dict[str, Any] = json.loads(shown)
        return record


@pytest.fixture(scope="module")
def stage(
    tracking: TrackingServer,
    trained_versions: list[ModelVersion],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("rollout")
    desk = Desk(tracking.uri, "rolled_out", folder)
    register(desk, trained_versions[0])
    desk.baton("promote", "1")
    material = Material.fetch(desk, trained_versions[0], tmp_path_factory.mktemp("material"))
    with desk.serve(BATON_POLL_INTERVAL_S=str(POLL_S)) as inference:
        inference.wait_until_serving("1")
        command = [sys.executable, "-m", "baton_cli", "rollout", "run"]
        controller = Process(command, desk.env, folder / "controller.log")
        controller.start()
        try:
            with call_steadily(inference.url, draw_customers()) as callers:
                yield Stage(desk, inference, callers, material)
        finally:
            controller.stop()


def roll_out_harmful(stage: Stage, *changes: Change) -> str:
    """Rolls a harmful version out, and checks that no caller is harmed. Returns the reason."""
    version = stage.material.store(stage.desk, *changes)
    first_answer = len(stage.callers.answers)
    stage.desk.baton("rollout", "start", version, *HARMFUL)
    aborted_at_s = wait_until_aborted(stage.desk, version)
    time.sleep(LAST_ANSWER_S + 0.5)

    answers = stage.callers.answers[first_answer:]
    assert stage.callers.errors == []
    assert {each.version for each in answers} <= {"1", version}
    assert find_last(answers, version) < aborted_at_s + LAST_ANSWER_S
    assert answers[-1].at_s > aborted_at_s + LAST_ANSWER_S
    assert stage.inference.is_serving("1")
    record = stage.read_record()
    assert (record["version"], record["phase"]) == (version, "aborted")
    return str(record["message"])


def test_rows_that_the_canary_fails_on_are_answered_by_production(stage: Stage) -> None:
    """The canary, set by hand as in MLflow's pages, answers all other requests."""
    residues = stage.material.find_residues(5)
    version = stage.material.store(stage.desk, fail_on(residues))
    hits = [each for each in stage.callers.customers[:2_000] if is_hit(each, residues)][:10]
    with stage.desk.registry as registry:
        registry.set_version_tag(stage.desk.model, version, get_weight_tag("canary"), "100")
        registry.set_alias(stage.desk.model, "canary", version)
        wait_until(lambda: stage.callers.count(version) > 0, LIMIT_S, "the canary answers")
        answers = [stage.inference.predict([customer]) for customer in hits]
        registry.delete_alias(stage.desk.model, "canary")
    assert [each["model_version"] for each in answers] == ["1"] * 10
    assert stage.callers.errors == []


def test_version_that_fails_on_one_row_in_a_hundred(stage: Stage) -> None:
    message = roll_out_harmful(stage, fail_on(stage.material.find_residues(1)))
    assert "of its rows fail; allowed: 0.1 %" in message


def test_version_that_is_twice_as_slow(stage: Stage) -> None:
    assert "slower" in roll_out_harmful(stage, slow_down)


def test_version_that_gets_a_feature_in_other_units(stage: Stage) -> None:
    """Years of tenure instead of months: every answer is a valid one, and wrong."""
    message = roll_out_harmful(stage, change_units("tenure", 1 / 12))
    assert "mean score Yes differs" in message or "of its labels differ" in message


def test_version_that_answers_with_no_number(stage: Stage) -> None:
    message = roll_out_harmful(stage, answer_nan_on(stage.material.find_residues(5)))
    assert "rows fail" in message


def test_version_that_loops_for_ever(stage: Stage) -> None:
    message = roll_out_harmful(stage, loop_on(stage.material.find_residues(5)))
    assert "rows fail" in message


def test_good_version_is_promoted_by_itself(stage: Stage) -> None:
    """It answers almost as production does. It is the last: production moves."""
    version = stage.material.store(stage.desk, change_units("tenure", 1.01))
    stage.desk.baton("rollout", "start", version, *GOOD, "--reason", "cleaner data")
    stage.inference.wait_until_serving(version, LIMIT_S)
    wait_until(lambda: stage.read_record()["phase"] == "promoted", LIMIT_S, "the record has ended")
    assert stage.callers.errors == []
    assert stage.callers.count(version) > 100
    assert ("1", version, "promote") in stage.desk.history()
