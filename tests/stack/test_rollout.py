"""Rollouts in the stack: three inference containers, the service `controller`, the webhook."""

import time
from pathlib import Path

import pytest

from tests.stack.test_scale import scale
from tests.support.rig.callers import call_steadily, draw_customers
from tests.support.rig.desk import Desk
from tests.support.rig.harmful_models import Change, change_units, fail_on
from tests.support.rig.process import wait_until
from tests.support.rig.rollouts import LIMIT_S, Material, find_last, wait_until_aborted
from tests.support.stack.containers import MODEL, Stack

LAST_ANSWER_S = 1.0
"""The contract, with the webhook."""
STEPS = ("--steps", "30,100", "--step-for", "1s", "--bake", "1s", "--min-pairs", "2000")


@pytest.fixture
def material(stack: Stack, versions: list[str], tmp_path: Path) -> Material:
    desk = Desk(stack.tracking_url, MODEL, tmp_path)
    with desk.registry as registry:
        return Material.fetch(desk, registry.get_version(MODEL, versions[0]), tmp_path)


def test_three_replicas_abort_what_fails_and_promote_what_does_not(
    stack: Stack, material: Material
) -> None:
    """No caller gets a failed answer; evidence of all three counts; the controller is a service."""
    desk = Desk(stack.tracking_url, MODEL, material.folder)
    fails: Change = fail_on(material.find_residues(1))
    scale(stack, 3)
    try:
        with call_steadily(stack.inference_url, draw_customers()) as callers:
            bad = material.store(desk, fails)
            stack.baton("rollout", "start", bad, *STEPS)
            aborted_at_s = wait_until_aborted(desk, bad)
            time.sleep(LAST_ANSWER_S + 0.5)
            assert find_last(callers.answers, bad) < aborted_at_s + LAST_ANSWER_S

            good = material.store(desk, change_units("tenure", 1.01))
            stack.baton("rollout", "start", good, *STEPS)
            with desk.registry as registry:
                wait_until(
                    lambda: registry.resolve_alias(MODEL, "production").version == good,
                    LIMIT_S,
                    "the good version is promoted",
                )
    finally:
        scale(stack, 1)
    assert callers.errors == []
    assert callers.count(good) > 100
