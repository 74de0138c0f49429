"""Moves of the alias on a cluster: three pods on two nodes follow, and no request fails."""

import time

import pytest

from tests.support.kubernetes.release.release import MODEL
from tests.support.kubernetes.release.stage import Stage
from tests.support.rig.desk import Desk
from tests.support.rig.harmful_models import Change, change_units, fail_on
from tests.support.rig.rollouts import Material, wait_until_aborted

GOOD: Change = change_units("tenure", 1.01)
STEPS = ("--steps", "30,100", "--step-for", "1s", "--bake", "1s", "--min-pairs", "1000")
SEEN_S = 1.0


@pytest.mark.event("`baton promote --wait` and `baton rollback --wait`, 3 replicas on 2 nodes")
def test_promote_and_rollback(stage: Stage, desk: Desk, material: Material) -> None:
    """After `--wait` every answer is of the version, whichever pod answers."""
    version = material.store(desk, GOOD)
    with desk.registry as registry:
        before = registry.resolve_alias(MODEL, "production").version
    with stage.observe():
        for arguments, serving in (
            (("promote", version, "--wait"), version),
            (("rollback", "--wait"), before),
        ):
            stage.release.baton(*arguments)
            moved_s = time.monotonic()
            time.sleep(SEEN_S)
            assert stage.load.observe(moved_s).list_versions() == {serving}


@pytest.mark.event("a rollout of a version that fails on 5 % of the rows: aborted")
def test_bad_rollout(stage: Stage, desk: Desk, material: Material) -> None:
    """Production answers for the canary; the controller in the cluster aborts the rollout."""
    bad = material.store(desk, fail_on(material.find_residues(5)))
    with stage.observe():
        stage.release.baton("rollout", "start", bad, *STEPS)
        wait_until_aborted(desk, bad)


@pytest.mark.event("a rollout of a good version: promoted")
def test_good_rollout(stage: Stage, desk: Desk, material: Material) -> None:
    """The controller in the cluster takes the steps and promotes the version."""
    good = material.store(desk, GOOD)
    with desk.registry as registry, stage.observe():
        stage.release.baton("rollout", "start", good, *STEPS)
        stage.release.wait_until(
            lambda: registry.resolve_alias(MODEL, "production").version == good, "the promotion"
        )
