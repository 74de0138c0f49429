"""What a person does by hand during a rollout, in MLflow or with a command of Baton."""

from dataclasses import replace

import pytest

from baton_cli.rollouts.control import starting
from baton_cli.rollouts.control.hand import resume
from baton_registry.promotion.history import sync_and_read_moves
from baton_registry.versions.rollout_tags import format_abort
from baton_rollout.limits import Limits
from baton_rollout.progress.actions import Abort, Pause, Promote
from tests.support.fakes.fleet import CANARY, Stage, Watched
from tests.support.fakes.registry import ALIAS, MODEL
from tests.support.fakes.rollout_ends import ABORTED, BAD, PROMOTED, move_production


def test_moves_by_hand_in_mlflow() -> None:
    """As any client of MLflow can make them."""
    stage = Stage()
    stage.start()
    stage.server.aliases[CANARY] = "3"
    stage.run(stage.controller())
    assert stage.describe() == {**ABORTED, "canary": "3"}
    assert stage.record.message == "by hand: the canary alias was moved to version 3"

    stage = Stage()
    stage.start()
    del stage.server.aliases[CANARY]
    stage.run(stage.controller())
    assert stage.describe() == ABORTED

    stage = Stage()
    stage.start()
    stage.server.aliases[ALIAS] = "2"
    stage.run(stage.controller())
    assert stage.describe() == PROMOTED
    assert stage.record.message == "by hand"


def test_verdict_by_hand_aborts() -> None:
    stage = Stage()
    stage.start()
    stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", format_abort("bad news"))
    stage.run(stage.controller())
    assert stage.describe() == ABORTED
    assert stage.record.message == "bad news"


def test_weight_by_hand_pauses() -> None:
    stage = Stage()
    stage.start()
    stage.server.client().set_version_tag(MODEL, "2", "baton.weight.canary", "30")
    controller = stage.controller()
    controller.tick()
    controller.tick()
    assert stage.record.phase == "paused"
    assert "30 %" in stage.record.message
    assert stage.describe()["weight"] == 30


def test_move_of_production_pauses_and_voids_the_pairs() -> None:
    stage = Stage()
    stage.start()
    controller = stage.controller()
    for _ in range(3):
        controller.tick()
    move_production(stage, "3")
    controller.tick()
    assert stage.record.phase == "paused"
    seen = controller.observe()
    assert seen is not None
    resume(stage.session(controller), seen)
    assert (stage.record.against, stage.record.step) == ("3", 0)
    stage.run(controller)
    assert stage.describe() == PROMOTED


def test_resume_against_another_production_has_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the gate saw beside version 1 says nothing about version 3."""
    figures = {"against_version": 3.0, "other_label_share": 0.3}
    monkeypatch.setattr(starting, "_read_gate_figures", lambda store, target: figures)
    stage = Stage()
    stage.start(limits=Limits(expects_change=True))
    assert stage.record.plan.limits == Limits(expects_change=True)
    controller = stage.controller()
    move_production(stage, "3")
    controller.tick()
    seen = controller.observe()
    assert seen is not None
    resume(stage.session(controller), seen)
    assert stage.record.plan.limits == Limits(other_label=0.35, score={}, expects_change=True)


def test_resume_executes_an_abort_that_stands() -> None:
    """The weight is not set again first."""
    stage = Stage(failures=BAD)
    stage.start()
    stage.executor().execute(stage.see().snapshot, Pause("by bob"))
    while not isinstance((seen := stage.see()).action, Abort):
        continue
    watched = Watched(stage.server)
    resume(stage.session(stage.controller(watched)), seen)
    assert stage.describe() == ABORTED
    assert watched.writes[0] == "POST model-versions/set-tag"
    assert stage.describe()["weight"] == 0


def test_promotion_by_hand_names_its_actor_in_the_ledger() -> None:
    stage = Stage()
    stage.start()
    stage.executor().execute(stage.see().snapshot, Promote("bob"))
    moves = sync_and_read_moves(stage.server.client(), MODEL, alias=ALIAS)
    assert moves[-1].by == "bob"


def test_promotion_that_was_moved_back_is_not_repeated() -> None:
    """A controller died after the move, and a person has gone back by hand."""
    stage = Stage()
    stage.start()
    stage.run(stage.controller())
    record = stage.record
    promoting = type(record)(**{**vars(record), "phase": "promoting", "ended_at": None})
    stage.server.tags["baton.rollout.canary"] = promoting.to_text()
    stage.server.aliases |= {ALIAS: "1", CANARY: "2"}
    stage.run(stage.controller())
    assert stage.describe()["production"] == "1"
    assert stage.record.phase == "aborted"


def test_rollback_to_a_deleted_version_ends() -> None:
    """The verdict was set after the promotion, when the version before was already deleted."""
    stage = Stage()
    stage.start()
    stage.run(stage.controller())
    del stage.server.versions["1"]
    stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", format_abort("bad news"))
    promoting = replace(stage.record, phase="promoting", ended_at=None)
    stage.server.tags["baton.rollout.canary"] = promoting.to_text()
    stage.run(stage.controller())
    assert stage.record.phase == "aborted"
    assert "because version 1 was deleted" in stage.record.message
    watched = Watched(stage.server)
    stage.controller(watched).tick()
    assert watched.writes == []


def test_verdict_that_a_promotion_has_replaced_is_repaired() -> None:
    stage = Stage(failures=BAD)
    stage.start()
    stage.run(stage.controller())
    stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", "passed")
    stage.controller().tick()
    assert stage.describe() == ABORTED
