"""A person's action at the same moment as the controller's."""

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.hand import act
from baton_rollout.progress.actions import Abort, Action, Promote
from tests.support.fakes.fleet import Stage, Watched

AFTER_FIRST_WRITE = 1


@pytest.mark.parametrize(
    ("action", "end"), [(Promote("ada"), "promoted"), (Abort("by ada"), "aborted")]
)
def test_an_action_that_the_controller_completes_has_succeeded(action: Action, end: str) -> None:
    """It sees the first write, and makes the others before the person's command does."""
    stage = Stage()
    stage.start()
    controller = stage.controller()
    watched = Watched(stage.server, at=AFTER_FIRST_WRITE, after=controller.tick)
    session = stage.session(stage.controller(watched))
    assert act(session, lambda _: action).phase == end
    assert stage.record.phase == end


def test_without_a_rollout_there_is_nothing_to_act_on() -> None:
    stage = Stage()
    with pytest.raises(CommandFailed, match="no rollout is under way"):
        act(stage.session(stage.controller()), lambda _: Promote("ada"))
