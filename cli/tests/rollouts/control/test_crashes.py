"""Crashes and races: controllers that die, and writers that act at the same time."""

import random
from typing import Any

import httpx
import pytest

from baton_cli.rollouts.control.store import Overtaken
from baton_registry.errors import RegistryError
from baton_registry.versions.rollout_tags import format_abort
from baton_rollout.progress.actions import Abort, Pause
from tests.support.fakes.fleet import Killed, Stage, Watched
from tests.support.fakes.registry import MODEL
from tests.support.fakes.rollout_ends import (
    ABORTED,
    BAD,
    DELETE_ALIAS,
    ENDS,
    GOOD,
    NOT_STARTED,
    PROMOTED,
)

WRITES = {GOOD: 18, BAD: 9}
"""How many requests of a short rollout change the registry, from its start to its end."""
CRASHES = [
    (failures, end, at, moment)
    for failures, end in ENDS
    for at in range(1, WRITES[failures] + 1)
    for moment in ("before", "after")
]
QUICK: dict[str, Any] = {"steps": (0.0, 100.0), "step_for_s": 0.0, "bake_s": 0.0}


def stage_quick(failures: int) -> Stage:
    """A stage on which a rollout needs few ticks."""
    return Stage(failures=4 * failures, pairs=400, replicas=1)


def roll_out(stage: Stage, transport: Watched) -> None:
    """Starts a rollout and follows it to its end, all through one transport."""
    stage.start(transport, **QUICK)
    stage.run(stage.controller(transport))


@pytest.mark.parametrize(("failures", "end", "at", "moment"), CRASHES)
def test_crash_at_any_write_loses_nothing(
    failures: int, end: dict[str, Any], at: int, moment: str
) -> None:
    """Another controller completes the rollout, wherever the first one stopped."""

    def die() -> None:
        raise Killed

    stage = stage_quick(failures)
    dying = Watched(stage.server, at=at, **{moment: die})
    with pytest.raises(Killed):
        roll_out(stage, dying)
    if not stage.is_started:
        assert stage.describe() == NOT_STARTED
        return
    stage.clock.pass_s(60)
    stage.run(stage.controller())
    assert stage.describe() == end


@pytest.mark.parametrize("failures", [GOOD, BAD])
def test_crash_matrix_covers_every_write(failures: int) -> None:
    stage = stage_quick(failures)
    watched = Watched(stage.server)
    roll_out(stage, watched)
    assert len(watched.writes) == WRITES[failures], watched.writes


@pytest.mark.parametrize(("failures", "end", "at", "moment"), CRASHES)
def test_two_controllers_do_no_harm(
    failures: int, end: dict[str, Any], at: int, moment: str
) -> None:
    """The second one makes a whole tick in the middle of the first one's."""
    stage = stage_quick(failures)
    stage.start(**QUICK)
    second = stage.controller()
    first = stage.controller(Watched(stage.server, at=at, **{moment: second.tick}))
    stage.run(first, second)
    second.tick()
    assert stage.describe() == end


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("at", range(1, WRITES[GOOD] + 1))
def test_abort_wins_over_a_step_or_a_promotion_at_the_same_time(at: int, moment: str) -> None:
    """A person aborts in the middle of any write, with a command of its own."""
    stage = stage_quick(GOOD)
    stage.start(**QUICK)
    verdicts = []

    def abort() -> None:
        seen = stage.controller().observe()
        if seen is not None and seen.record.is_under_way:
            verdicts.append(stage.executor().execute(seen.snapshot, Abort("by bob")).phase)

    first = stage.controller(Watched(stage.server, at=at, **{moment: abort}))
    stage.run(first)
    for _ in range(2):
        first.tick()
    assert stage.describe() == (ABORTED if verdicts == ["aborted"] else PROMOTED)
    if at <= 3:  # the promotion begins later
        assert verdicts == ["aborted"]


def test_verdict_by_hand_wins_over_a_promotion_at_the_same_time() -> None:
    """Only a verdict that is set within the request that replaces it can be lost."""
    lost = []
    for at in range(1, WRITES[GOOD] + 1):
        for moment in ("before", "after"):
            stage = stage_quick(GOOD)
            stage.start(**QUICK)
            verdict = ("baton.rollout", format_abort("bad news"))

            def abort(stage: Stage = stage, verdict: tuple[str, str] = verdict) -> None:
                stage.server.client().set_version_tag(MODEL, "2", *verdict)

            watched = Watched(stage.server, at=at, **{moment: abort})
            first = stage.controller(watched)
            stage.run(first)
            for _ in range(2):
                first.tick()
            if at <= len(watched.writes) and stage.describe() != ABORTED:
                lost.append((moment, watched.writes[at - 1]))
    assert lost == [("before", "POST model-versions/set-tag")]


def test_write_after_a_change_of_the_record_is_not_made() -> None:
    stage = Stage()
    stage.start()
    controller = stage.controller()
    seen = controller.observe()
    assert seen is not None
    stage.executor().execute(seen.snapshot, Pause("by bob"))
    late = controller.executor
    with pytest.raises(Overtaken):
        late.execute(seen.snapshot, Abort("late"))
    assert stage.record.phase == "paused"
    assert stage.describe()["verdict"] == ""


@pytest.mark.parametrize("seed", range(20))
def test_registry_that_fails_now_and_then_delays_only(seed: int) -> None:
    """Any request may be answered with 503, before or after it takes effect."""
    lot = random.Random(seed)
    stage = Stage(failures=BAD if seed % 2 else GOOD)

    class Flaky(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if lot.random() < 0.15:
                return httpx.Response(503)
            answer = stage.server.handle_request(request)
            if lot.random() < 0.15:
                raise httpx.ReadTimeout("slow")
            return answer

    stage.start()
    controllers = [stage.controller(Flaky()), stage.controller(Flaky())]
    for _ in range(2000):
        for controller in controllers:
            try:
                controller.tick()
            except RegistryError:
                continue
        if not stage.record.is_under_way:
            break
    stage.controller().tick()
    assert stage.describe() == (ABORTED if seed % 2 else PROMOTED)


def test_abort_is_committed_before_the_alias_is_deleted() -> None:
    stage = Stage(failures=BAD)
    stage.server.fail_on.add(DELETE_ALIAS)
    stage.start()
    controller = stage.controller()
    with pytest.raises(RegistryError):
        stage.run(controller)
    assert stage.describe()["verdict"] == "aborted"
    assert stage.describe()["weight"] == 0
    stage.server.fail_on.clear()
    stage.run(controller)
    assert stage.describe() == ABORTED
