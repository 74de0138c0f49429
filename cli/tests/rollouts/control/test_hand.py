"""A person's action at the same moment as the controller's."""

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.hand import ATTEMPTS, abort_first, act
from baton_rollout.progress.actions import Abort, Action, Promote
from tests.support.fakes.fleet import RECORD, Stage, Watched
from tests.support.fakes.registry import ALIAS

AFTER_FIRST_WRITE = 1
READS_OF_AN_ATTEMPT = 2
"""How often an attempt reads the record: for its snapshot, and again before its first write."""


class Overtaking(httpx.BaseTransport):
    """A registry whose record changes at each read, until the controller completes the rollout.

    It does so at the last moment of the last attempt.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._reads = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("registered-models/get"):
            self._reads += 1
            self._stage.server.tags[RECORD] += " "
            if self._reads == ATTEMPTS * READS_OF_AN_ATTEMPT:
                self._stage.run(self._stage.controller())
        return self._stage.server.handle_request(request)


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


def test_an_abort_before_a_rollback_does_not_replace_the_verdict_of_a_promotion() -> None:
    stage = Stage()
    stage.start()
    executor = stage.executor(Overtaking(stage))
    assert abort_first(executor, ALIAS, "ann", pytest.fail) is None
    assert (stage.record.phase, stage.describe()["verdict"]) == ("promoted", "passed")
