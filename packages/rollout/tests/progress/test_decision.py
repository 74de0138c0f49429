"""The decision, as a table. Each row changes one thing in a rollout that goes well."""

from typing import Any

import pytest

from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.actions import (
    Abort,
    Action,
    Begin,
    CloseAsPromoted,
    Enter,
    Next,
    Pause,
    Promote,
    RunCheck,
    Wait,
    apply,
)
from baton_rollout.progress.decision import decide
from baton_rollout.progress.facts import Facts, ProcessReport
from baton_rollout.progress.holds import LEAST_ANSWERS
from baton_rollout.progress.record import Record
from tests.support.fakes.rollouts import (
    GOOD,
    START,
    after_s,
    build_facts,
    build_plan,
    build_record,
    build_report,
)

FAILING = PairCounts(pairs=3000, failures=60, compared=2940)
DOUBTFUL = PairCounts(pairs=3000, failures=10, compared=2990)
UNLIKE = PairCounts(pairs=3000, compared=3000, other_labels=1500)
SILENT = ProcessReport("http://two", problem="does not answer")
LAST = 3


def decide_with(record: Record, **changes: Any) -> Action:
    return decide(record, build_facts(record, **changes))


def test_steps_follow_each_other_until_promotion() -> None:
    record, weights = build_record(), []
    while not isinstance(action := decide_with(record), Promote):
        assert isinstance(action, Next)
        record = apply(record, action, record.step_ends_at)
        weights.append(record.weight)
    assert weights == [10, 50, 100]
    assert decide_with(apply(record, action, START)) == Wait("")


def test_step_lasts_its_time_and_the_last_one_the_bake() -> None:
    record = build_record(plan=build_plan(step_for_s=60, bake_s=900))
    assert decide_with(record, now=after_s(59.9)) == Wait()
    assert decide_with(record, now=after_s(60)) == Next(1)
    last = build_record(LAST, plan=build_plan(step_for_s=60, bake_s=900))
    assert decide_with(last, now=after_s(899)) == Wait()
    assert decide_with(last, now=after_s(900)) == Promote()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"counts": {"p1": FAILING}}, "2 % of its rows fail"),
        ({"counts": {"p1": GOOD, "gone": FAILING}}, "of its rows fail"),
        ({"counts": {"p1": UNLIKE}}, "of its labels differ"),
        ({"reports": (build_report(), build_report(state="tripped", reason="12 of 40"))}, "12 of"),
        ({"reports": (build_report(state="failed", reason="crashed"),)}, "crashed"),
        ({"reports": (build_report(state="refused", reason="classes"),)}, "classes"),
        ({"check_failure": "the check exited with code 3"}, "code 3"),
        ({"canary": None}, "by hand: the canary alias was deleted"),
        ({"canary": "9"}, "by hand: the canary alias was moved to version 9"),
    ],
)
@pytest.mark.parametrize("phase", ["progressing", "paused", "promoting"])
def test_evidence_aborts(changes: dict[str, Any], reason: str, phase: Any) -> None:
    """Also a rollout that is paused or promotes, or whose step has just begun."""
    record = build_record(1, phase=phase)
    for now in (START, record.step_ends_at, record.deadline_at):
        action = decide_with(record, now=now, **changes)
        assert isinstance(action, Abort)
        assert reason in action.message
        assert not action.is_promoted


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"counts": {"p1": DOUBTFUL}}, "in doubt"),
        ({"counts": {"p1": PairCounts(pairs=1999, compared=1999)}}, "1,999 of 2,000 pairs"),
        ({"counts": {}}, "0 of 2,000 pairs"),
        ({"reports": ()}, "no inference process answers"),
        ({"reports": (SILENT,)}, "no inference process answers"),
        ({"reports": (build_report(weight=10.0), SILENT)}, "http://two does not answer"),
        ({"reports": (build_report(state="loading", reason="fetching"),)}, "not loaded"),
        ({"reports": (build_report(version=None, state=""),)}, "not loaded"),
        ({"reports": (build_report(version="6", state="failed"),)}, "not loaded"),
        ({"reports": (build_report(weight=10.0, answers=99),)}, "99 of 100 answers"),
        ({"reports": (build_report(weight=0.0, answers=5000),)}, "0 of 100 answers"),
    ],
)
def test_missing_data_and_doubt_hold_then_pause_and_never_abort(
    changes: dict[str, Any], reason: str
) -> None:
    record = build_record(1)
    assert decide_with(record) == Next(2)
    action = decide_with(record, **changes)
    assert action == Wait(action.message, is_hold=True)  # type: ignore[union-attr]
    assert reason in action.message
    paused = decide_with(record, now=record.deadline_at, **changes)
    assert isinstance(paused, Pause)
    assert paused.message.startswith("inconclusive")
    assert reason in paused.message


def test_shadow_needs_no_answers_by_the_canary() -> None:
    assert decide_with(build_record(), reports=(build_report(answers=0),)) == Next(1)


def test_answers_of_all_processes_count() -> None:
    record = build_record(1)
    half = build_report(weight=10.0, answers=LEAST_ANSWERS // 2)
    assert decide_with(record, reports=(half, half)) == Next(2)


def test_expected_change_of_behaviour_does_not_abort() -> None:
    record = build_record(plan=build_plan(limits=Limits(expects_change=True)))
    assert decide_with(record, counts={"p1": UNLIKE}) == Next(1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"weight": 30.0}, "the weight was set by hand to 30 %"),
        ({"production": "4"}, "alias 'production' was moved to version 4"),
        ({"production": None}, "alias 'production' was deleted"),
    ],
)
def test_changes_by_hand_pause(changes: dict[str, Any], reason: str) -> None:
    assert decide_with(build_record(1), now=START, **changes) == Pause(reason)


def test_paused_rollout_waits_for_a_person() -> None:
    """However long, and whatever the weight is."""
    paused = build_record(1).pause("lunch")
    for changes in ({}, {"weight": 30.0}, {"now": paused.deadline_at}, {"production": "4"}):
        assert decide_with(paused, **changes) == Wait("lunch", is_hold=True)


def test_resumed_rollout_has_a_new_deadline() -> None:
    late = build_record(1).deadline_at
    resumed = build_record(1).pause("inconclusive").resume(late)
    assert decide_with(resumed, now=late) == Enter()
    assert decide_with(resumed.enter(late), now=late) == Wait()


def test_resume_after_a_move_of_production_begins_again() -> None:
    """Pairs with the old version of production say nothing about the new one, nor do its limits."""
    paused = build_record(2).retire({"gone": GOOD}).pause("alias 'production' was moved")
    limits = Limits(other_label=0.3)
    again = paused.restart(START, "4", limits)
    assert (again.against, again.step, again.retired) == ("4", 0, {})
    assert again.plan.limits == limits


def test_promotion_by_hand_closes_the_rollout() -> None:
    for record in (build_record(), build_record(1).pause("lunch"), build_record().promote()):
        assert decide_with(record, production="7") == CloseAsPromoted("by hand")
    # Whether or not the canary alias is gone already.
    assert decide_with(build_record(), production="7", canary=None) == CloseAsPromoted("by hand")


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, Promote()),
        ({"production": "7", "promotion": "stands"}, CloseAsPromoted()),
        ({"production": "7", "promotion": "stands", "canary": None}, CloseAsPromoted()),
        ({"production": "4"}, Pause("alias 'production' was moved to version 4")),
        ({"promotion": "undone"}, Abort("by hand: alias 'production' was moved back")),
        ({"abort": "worse"}, Abort("worse")),
        (
            {"abort": "worse", "production": "7", "promotion": "stands"},
            Abort("worse", is_promoted=True),
        ),
        ({"abort": "worse", "production": "7", "promotion": "none"}, Abort("worse")),
    ],
)
def test_half_done_promotion_is_completed(changes: dict[str, Any], action: Action) -> None:
    """An abort wins over it."""
    assert decide_with(build_record(LAST).promote(), **changes) == action


def test_verdict_aborts_in_every_phase() -> None:
    started = Record.create(build_plan(), "3")
    for record in (started, build_record(1), build_record(1).pause("lunch")):
        assert decide_with(record, abort="by ann") == Abort("by ann")


def test_ended_rollout_rests() -> None:
    """Unless an abort crossed another controller's promotion or step, which is then undone."""
    aborted = build_record(0).end("aborted", "worse", START)
    assert decide_with(aborted, abort="worse", canary=None) == Wait("worse")
    assert decide_with(aborted, abort="worse", counts={"p1": FAILING}) == Wait("worse")
    assert decide_with(aborted, now=START, abort="worse", weight=10.0) == Abort("worse")
    crossed = {"abort": "worse", "production": "7", "promotion": "stands"}
    for record in (aborted, build_record(LAST).end("promoted", "", START)):
        assert decide_with(record, now=START, **crossed) == Abort("worse", is_promoted=True)
        by_hand = crossed | {"promotion": "none", "weight": 0.0}
        assert decide_with(record, now=START, **by_hand) == Wait(record.message)


def test_verdict_by_hand_on_a_version_long_in_production_moves_nothing() -> None:
    promoted = build_record(LAST).end("promoted", "", START)
    crossed = {"abort": "by hand", "production": "7", "promotion": "stands"}
    assert decide_with(promoted, now=after_s(601), **crossed) == Wait("")


def test_lost_verdict_is_repaired() -> None:
    """A promotion that crossed the abort has written `passed` over it, and moved nothing."""
    aborted = build_record(0).end("aborted", "worse", START)
    lost = {"abort": "worse", "is_verdict_lost": True, "weight": 0.0}
    assert decide_with(aborted, now=START, **lost) == Abort("worse")
    assert decide_with(aborted, now=after_s(601), **lost) == Wait("worse")


def test_abort_ends_if_the_version_before_was_deleted() -> None:
    facts = {"abort": "worse", "production": "7", "promotion": "irreversible", "weight": 0.0}
    record = build_record(LAST).promote()
    action = decide_with(record, **facts)
    assert isinstance(action, Abort)
    assert not action.is_promoted
    assert "alias 'production' stays at version 7, because version 3 was deleted" in action.message
    aborted = apply(record, action, START)
    assert decide_with(aborted, now=START, **facts) == Wait(aborted.message)


def test_half_done_start_and_step_are_completed() -> None:
    started = Record.create(build_plan(), "3")
    for canary in (None, "5", "7"):
        assert decide_with(started, canary=canary) == Begin()
    half = build_record(1).move_to(2, START)
    assert decide_with(half, weight=10.0) == Enter()
    assert decide_with(half, weight=50.0) == Enter()


def test_first_step_with_weight_is_entered_after_the_alias() -> None:
    record = Record.create(build_plan(steps=(5.0, 100.0)), "3")
    begun = apply(record, Begin(), START)
    assert decide_with(begun, weight=0.0) == Enter()


@pytest.mark.parametrize(
    ("check", "action"),
    [
        ("none", Next(2)),
        ("passed", Next(2)),
        ("due", RunCheck()),
        ("running", Wait("the check runs", is_hold=True)),
    ],
)
def test_check_is_the_last_condition_of_a_step(check: Any, action: Action) -> None:
    assert decide_with(build_record(1), check=check) == action
    assert decide_with(build_record(1), check=check, now=START) == Wait()


@pytest.mark.parametrize("check", ["elsewhere", "broken"])
def test_check_of_another_process_or_none_holds_the_step(check: Any) -> None:
    action = decide_with(build_record(1), check=check)
    assert isinstance(action, Wait)
    assert action.is_hold


def test_without_promotion_the_rollout_pauses_at_its_end() -> None:
    last = build_record(LAST, plan=build_plan(promotes=False))
    assert decide_with(last) == Pause("all steps are done")
    shadow = build_record(0, plan=build_plan(steps=(0.0,), promotes=False))
    assert decide_with(shadow) == Pause("all steps are done")


def test_same_facts_give_the_same_action() -> None:
    """So two controllers decide alike."""
    record = build_record(1)
    facts: Facts = build_facts(record)
    assert decide(record, facts) == decide(record, facts)
