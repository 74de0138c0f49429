"""A person moves production between what a controller has seen and what it writes."""

from dataclasses import replace

import pytest

from baton_cli.rollouts.control.store import Overtaken
from baton_registry.promotion import alias_moves
from baton_registry.versions.rollout_tags import format_abort
from baton_rollout.progress.actions import Abort, Promote
from tests.support.fakes.fleet import RECORD, Stage, Watched
from tests.support.fakes.registry import ALIAS, MODEL

FIRST_WRITE = 1


def promote_by_hand(stage: Stage, version: str = "3") -> None:
    alias_moves.promote(stage.server.client(), MODEL, version, alias=ALIAS, by="bob", force=True)


def stage_cut_promotion() -> Stage:
    """The rollout has moved production to version 2, and was aborted before its end."""
    stage = Stage()
    stage.start()
    stage.run(stage.controller())
    stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", format_abort("bad news"))
    stage.server.tags[RECORD] = replace(stage.record, phase="promoting", ended_at=None).to_text()
    return stage


@pytest.mark.parametrize("moment", ["before", "after"])
def test_abort_does_not_undo_a_promotion_by_hand(moment: str) -> None:
    stage = stage_cut_promotion()
    seen = stage.see()
    assert seen.action == Abort("bad news", is_promoted=True)
    crossed = Watched(stage.server, at=FIRST_WRITE, **{moment: lambda: promote_by_hand(stage)})
    ended = stage.executor(crossed).execute(seen.snapshot, seen.action)
    assert ended.phase == "aborted"
    assert stage.describe()["production"] == "3"


def test_abort_undoes_the_promotion_of_its_rollout() -> None:
    stage = stage_cut_promotion()
    stage.controller().tick()
    assert (stage.describe()["production"], stage.record.phase) == ("1", "aborted")


def test_promotion_does_not_undo_a_promotion_by_hand() -> None:
    """It pauses, as if the controller had seen that move before."""
    stage = Stage()
    stage.start()
    controller = stage.controller(
        Watched(stage.server, at=FIRST_WRITE, after=lambda: promote_by_hand(stage))
    )
    seen = stage.see()
    with pytest.raises(Overtaken):
        controller.executor.execute(seen.snapshot, Promote())
    controller.tick()
    assert (stage.describe()["production"], stage.record.phase) == ("3", "paused")
    assert stage.record.message == "alias 'production' was moved to version 3"


def test_promotion_after_one_by_hand_writes_nothing() -> None:
    """Without a controller, nothing would take the record out of `promoting`."""
    stage = Stage()
    stage.start()
    seen = stage.see()
    promote_by_hand(stage)
    crossed = Watched(stage.server)
    with pytest.raises(Overtaken):
        stage.executor(crossed).execute(seen.snapshot, Promote())
    assert (crossed.writes, stage.record) == ([], seen.record)
