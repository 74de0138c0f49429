"""Rollouts of regressions: judged by their values, under a steady load."""

import json
import sys
from pathlib import Path
from typing import Any

from baton_registry.rest.fetch import fetch
from tests.support.rig.callers import call_steadily
from tests.support.rig.desk import Desk
from tests.support.rig.harmful_models import change_model, change_units
from tests.support.rig.process import Process, wait_until
from tests.support.rig.rollouts import LIMIT_S, wait_until_aborted
from tests.support.rig.stored import store_changed
from tests.support.trainer import housing

POLL_S = 0.2
GOOD = ("--steps", "30,100", "--step-for", "1s", "--bake", "1s", "--min-pairs", "500")
HARMFUL = ("--steps", "100", "--bake", "5m")


def draw_houses() -> list[dict[str, Any]]:
    """Draws houses other than those of training."""
    table = housing.generate(20_000, seed=7).drop(columns=housing.TARGET)
    houses: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return houses


def store_in_other_units(desk: Desk, folder: Path) -> str:
    """Registers version 1 as a model that takes incomes of a month for those of a year."""
    with desk.registry as registry:
        original = registry.get_version(desk.model, "1")
        onnx = fetch(registry, original, folder).onnx
    changed = change_model(onnx, change_units("median_income", 1 / 12))
    return store_changed(desk, original, folder, changed, figures={})


def read_phase(desk: Desk) -> str:
    """Reads where the last rollout is."""
    return str(json.loads(desk.try_baton("rollout", "status", "--json").stdout)["phase"])


def test_a_good_regression_is_promoted_and_a_harmful_one_aborted(
    desk: Desk, tmp_path: Path
) -> None:
    """The limits come from the gate. Each answer is of the version that it names."""
    housing.generate(1_200).to_csv(desk.folder / "houses.csv", index=False)
    options = ("--data", "houses.csv", "--target", housing.TARGET)
    desk.train(*options, "--promote")
    assert desk.train(*options, "--param", "alpha=2") == "2"
    harmful = store_in_other_units(desk, tmp_path)

    command = [sys.executable, "-m", "baton_cli", "rollout", "run"]
    with desk.serve(BATON_POLL_INTERVAL_S=str(POLL_S)) as inference:
        inference.wait_until_serving("1")
        controller = Process(command, desk.env, tmp_path / "controller.log")
        controller.start()
        try:
            with call_steadily(inference.url, draw_houses()) as callers:
                desk.baton("rollout", "start", "2", *GOOD)
                inference.wait_until_serving("2", LIMIT_S)
                wait_until(lambda: read_phase(desk) == "promoted", LIMIT_S, "the record is written")
                desk.baton("rollout", "start", harmful, *HARMFUL)
                wait_until_aborted(desk, harmful)
                wait_until(lambda: read_phase(desk) == "aborted", LIMIT_S, "the record is written")
        finally:
            controller.stop()
        assert inference.is_serving("2")

    assert callers.errors == []
    assert {each.version for each in callers.answers} - {harmful} == {"1", "2"}
    record = json.loads(desk.try_baton("rollout", "status", "--json").stdout)
    assert (record["version"], record["phase"]) == (harmful, "aborted")
    assert "value" in record["message"]
