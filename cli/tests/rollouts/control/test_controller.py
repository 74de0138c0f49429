"""The controller against a registry in memory: good and bad versions, crashes, and people."""

import json
import random
from dataclasses import replace
from typing import Any

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control import starting
from baton_cli.rollouts.control.hand import resume
from baton_cli.rollouts.control.store import Overtaken
from baton_registry import PromotionRefused, RegistryError, sync_and_read_moves
from baton_registry.promotion import alias_moves
from baton_registry.versions.rollout_tags import format_abort
from baton_rollout.limits import Limits
from baton_rollout.progress.actions import Abort, Pause, Promote
from tests.support.fakes.fleet import CANARY, RECORD, Killed, Replica, Stage, Watched
from tests.support.fakes.registry import ALIAS, MODEL

PROMOTED = {
    "production": "2",
    "canary": None,
    "verdict": "passed",
    "weight": 0.0,
    "phase": "promoted",
    "past": ["promoted"],
}
ABORTED = {**PROMOTED, "production": "1", "verdict": "aborted", "phase": "aborted"}
ABORTED |= {"past": ["aborted"]}
NOT_STARTED: dict[str, Any] = {
    "production": "1",
    "canary": None,
    "verdict": "",
    "weight": 0.0,
    "phase": None,
    "past": [],
}
GOOD, BAD = 0, 5
"""Failures in 100 pairs."""
ENDS = [(GOOD, PROMOTED), (BAD, ABORTED)]
WRITES = {GOOD: 18, BAD: 9}
"""How many requests of a short rollout change the registry, from its start to its end."""
CRASHES = [
    (failures, end, at, moment)
    for failures, end in ENDS
    for at in range(1, WRITES[failures] + 1)
    for moment in ("before", "after")
]
QUICK: dict[str, Any] = {"steps": (0.0, 100.0), "step_for_s": 0.0, "bake_s": 0.0}
DELETE_ALIAS = ("DELETE", "registered-models/alias")


def move_production(stage: Stage, version: str, reason: str = "") -> None:
    """Moves the alias of production by a person's command."""
    alias_moves.promote(
        stage.server.client(), MODEL, version, alias=ALIAS, by="bob", reason=reason, force=True
    )


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


def test_newest_past_rollouts_are_kept() -> None:
    stage = Stage()
    prefix = "baton.rolled.canary."
    old = [f"{prefix}2025{n:04d}T000000-0badcafe" for n in range(60)]
    stage.server.tags |= dict.fromkeys(old, "{}")
    stage.server.tags["baton.rolled.other.20200101T000000-0badcafe"] = "{}"
    stage.start()
    stage.run(stage.controller())
    kept = sorted(key for key in stage.server.tags if key.startswith(prefix))
    assert len(kept) == 50
    assert kept[:-1] == old[-49:]
    assert "baton.rolled.other.20200101T000000-0badcafe" in stage.server.tags


def test_promotion_by_hand_names_its_actor_in_the_ledger() -> None:
    stage = Stage()
    stage.start()
    stage.executor().execute(stage.see().snapshot, Promote("bob"))
    moves = sync_and_read_moves(stage.server.client(), MODEL, alias=ALIAS)
    assert moves[-1].by == "bob"


def test_record_that_nobody_can_read_is_not_written() -> None:
    stage = Stage()
    for changes in ({"min_pairs": 2**60}, {"token": "t"}, {"reason": "x" * 301}):
        with pytest.raises(CommandFailed, match="the rollout cannot be recorded: "):
            stage.start(**changes)
    assert stage.describe() == NOT_STARTED


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


def test_start_is_refused() -> None:
    """During a rollout, for production's version, for an aborted one, and over another canary."""
    stage = Stage(failures=BAD)
    with pytest.raises(CommandFailed, match="nothing to roll out"):
        stage.start(version="1")
    stage.start()
    with pytest.raises(CommandFailed, match="version 2 is under way"):
        stage.start(version="3")
    stage.run(stage.controller())
    with pytest.raises(PromotionRefused, match="aborted"):
        stage.start()
    stage.server.aliases[CANARY] = "3"
    stage.server.add("4", MLmodel=stage.server.files["1/MLmodel"].decode())
    with pytest.raises(CommandFailed, match="points to version 3"):
        stage.start(version="4")


def test_force_starts_an_aborted_version_again() -> None:
    stage = Stage(failures=BAD)
    stage.start()
    stage.run(stage.controller())
    stage.replicas = [Replica("again", stage.server, 100, GOOD)]
    stage.start(is_forced=True)
    assert stage.describe()["verdict"] == "forced"
    stage.run(stage.controller())
    assert stage.describe() == {**PROMOTED, "past": ["aborted", "promoted"]}


def test_start_completes_an_abort_that_was_cut() -> None:
    stage = Stage()
    stage.start()
    stage.server.client().set_version_tag(MODEL, "2", "baton.rollout", format_abort("cut"))
    stage.start(version="3")
    assert [record.message for record in stage.past] == ["cut"]
    assert stage.record.plan.version == "3"


def test_start_closes_a_rollout_that_a_person_has_ended() -> None:
    """Also without any controller: here the canary alias was moved to production by hand."""
    stage = Stage()
    stage.start()
    move_production(stage, "2")
    stage.start(version="3")
    assert [(record.phase, record.message) for record in stage.past] == [("promoted", "by hand")]
    assert stage.record.plan.version == "3"


def test_record_that_is_too_long_to_write_is_one_line() -> None:
    """Another client wrote it. It does not end the controller, again after each restart."""
    stage = Stage()
    record = stage.start()
    score = {str(number).ljust(256, "x"): (-0.1, 0.1) for number in range(10)}
    long = '"' * 300
    plan = replace(record.plan, by=long, reason=long, limits=Limits(score=score))
    record = replace(record, plan=plan, message=long, is_entered=False)
    stage.server.tags[RECORD] = json.dumps(record.to_json())
    with pytest.raises(CommandFailed, match="cannot be recorded: it is too long"):
        stage.controller().tick()


def test_record_of_another_form_is_one_line() -> None:
    stage = Stage()
    stage.server.tags["baton.rollout.canary"] = '{"version": 3}'
    with pytest.raises(CommandFailed, match="not the record of a rollout") as error:
        stage.controller().tick()
    assert "\n" not in str(error.value)
