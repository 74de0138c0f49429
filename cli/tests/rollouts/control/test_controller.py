"""The controller against a registry in memory: it takes the steps of good and bad versions."""

from typing import Any

import pytest

from baton_registry.promotion.history import sync_and_read_moves
from tests.support.fakes.fleet import CANARY, Replica, Stage
from tests.support.fakes.registry import ALIAS, MODEL
from tests.support.fakes.rollout_ends import ABORTED, BAD, DELETE_ALIAS, ENDS, GOOD, PROMOTED


@pytest.mark.parametrize(("failures", "end"), ENDS)
def test_rollout_ends_by_itself(failures: int, end: dict[str, Any]) -> None:
    stage = Stage(failures=failures)
    stage.start()
    assert stage.describe()["canary"] == "2"
    stage.run(stage.controller())
    assert stage.describe() == end


def test_steps_raise_the_weight() -> None:
    stage, weights = Stage(), []
    stage.start()
    controller = stage.controller()
    while stage.record.is_under_way:
        controller.tick()
        weights.append(stage.describe()["weight"])
    assert [w for n, w in enumerate(weights) if n == 0 or w != weights[n - 1]] == [0, 10, 100, 0]


def test_promotion_is_a_move_in_the_ledger() -> None:
    stage = Stage()
    stage.start()
    stage.run(stage.controller())
    moves = sync_and_read_moves(stage.server.client(), MODEL, alias=ALIAS)
    assert [(move.how, move.by) for move in moves[1:]] == [("promote", "ann")]
    assert moves[-1].reason == f"rollout {stage.record.plan.token}: better"


def test_replicas_may_die_and_be_born() -> None:
    """Their counts are neither lost nor counted twice."""
    stage = Stage(pairs=10)
    stage.start(min_pairs=300)
    controller = stage.controller()
    for _ in range(10):
        controller.tick()
    assert stage.record.step == 0
    old = stage.replicas.pop()
    stage.replicas.append(Replica("r9", stage.server, 10, 0))
    seen = controller.observe()
    assert seen is not None
    pooled = seen.facts.pool_counts().pairs
    assert pooled == old.counts.pairs + sum(each.counts.pairs for each in stage.replicas)
    stage.run(controller)
    assert stage.describe() == PROMOTED


def test_retired_counts_outlive_the_controller() -> None:
    stage = Stage()
    stage.start()
    controller = stage.controller()
    controller.tick()
    gone = stage.replicas.pop()
    while stage.record.step == 0:
        controller.tick()
    assert stage.record.retired == {gone.name: gone.counts}
    seen = stage.controller().observe()
    assert seen is not None
    assert seen.facts.pool_counts().pairs == gone.counts.pairs + stage.replicas[0].counts.pairs


def test_silent_replicas_hold_the_rollout() -> None:
    stage = Stage(replicas=0)
    stage.start()
    controller = stage.controller()
    for _ in range(20):
        controller.tick()
    assert (stage.record.phase, stage.record.step) == ("progressing", 0)


def test_alias_that_must_not_be_deleted_stays_and_does_no_harm() -> None:
    """An account with EDIT may set an alias, not delete it."""
    for failures, end in ((GOOD, PROMOTED), (BAD, ABORTED)):
        stage = Stage(failures=failures)
        stage.server.forbidden.add(DELETE_ALIAS)
        stage.start()
        stage.run(stage.controller())
        assert stage.describe() == {**end, "canary": "2"}
        # The next rollout takes the alias over.
        stage.server.add("4", MLmodel=stage.server.files["1/MLmodel"].decode())
        stage.start(version="4")
        assert stage.server.aliases[CANARY] == "4"


def test_refused_promotion_pauses() -> None:
    """For instance if the gate's verdict was withdrawn."""
    stage = Stage()
    stage.start()
    stage.server.client().set_version_tag(MODEL, "2", "baton.gate", "failed: withdrawn")
    controller = stage.controller()
    for _ in range(60):
        controller.tick()
    assert stage.record.phase == "paused"
    assert "withdrawn" in stage.record.message
    assert stage.server.aliases[ALIAS] == "1"
