"""Decides what to do about a rollout. A pure function: it does no I/O and reads no clock.

An abort needs evidence: of the pairs, of a process, of a check, or a person's hand. Missing data
never aborts. It holds the step, and the rollout pauses as inconclusive at its deadline.
"""

from collections.abc import Callable

from baton_rollout.judgement import ABORT_ODDS, find_harm
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
)
from baton_rollout.progress.case import Case
from baton_rollout.progress.facts import BROKEN, Facts
from baton_rollout.progress.record import Record
from baton_rollout.progress.texts import describe_harm, format_percent


def decide(record: Record, facts: Facts) -> Action:
    """Decides what to do next about a rollout.

    Args:
        record: the rollout.
        facts: what the controller knows now.

    Returns:
        The action. The same record and facts give every controller the same action.
    """
    case = Case(record, facts)
    for rule in _RULES:
        if action := rule(case):
            return action
    return Wait()


def _obey_verdict(case: Case) -> Action | None:
    """An abort is final. It wins over a promotion, or a step, of another controller."""
    abort, promotion = case.facts.abort, case.facts.promotion
    if abort is None or not (case.record.is_under_way or case.is_crossed):
        return None
    if case.is_promoted and promotion == "irreversible":
        stays = f"alias {case.record.plan.alias!r} stays at version {case.version}"
        return Abort(f"{abort}; {stays}, because version {case.record.against} was deleted")
    return Abort(abort, is_promoted=case.is_promoted and promotion == "stands")


def _rest_if_ended(case: Case) -> Action | None:
    return None if case.record.is_under_way else Wait(case.record.message)


def _close_if_promoted(case: Case) -> Action | None:
    if not case.is_promoted:
        return None
    return CloseAsPromoted("by hand" if case.facts.promotion == "none" else "")


def _begin(case: Case) -> Action | None:
    return Begin() if case.record.phase == "starting" else None


def _complete_promotion(case: Case) -> Action | None:
    """The record says that the alias moves next, but it does not point to the version yet.

    Evidence of harm still aborts until it does.
    """
    if case.record.phase != "promoting":
        return None
    if case.facts.promotion == "undone":
        return Abort(f"by hand: alias {case.record.plan.alias!r} was moved back")
    return Pause(case.production_move) if case.production_move else Promote()


def _abort_if_moved(case: Case) -> Action | None:
    canary = case.facts.canary
    if canary == case.version:
        return None
    became = "deleted" if canary is None else f"moved to version {canary}"
    return Abort(f"by hand: the canary alias was {became}")


def _abort_if_harmful(case: Case) -> Action | None:
    if harm := find_harm(case.judgements, ABORT_ODDS):
        return Abort(describe_harm(harm))
    for report in case.facts.reports:
        if report.version == case.version and report.state in BROKEN:
            return Abort(f"{report.url} {BROKEN[report.state]}: {report.reason}")
    return Abort(case.facts.check_failure) if case.facts.check_failure else None


def _rest_if_paused(case: Case) -> Action | None:
    is_paused = case.record.phase == "paused"
    return Wait(case.record.message, is_hold=True) if is_paused else None


def _pause_if_production_moved(case: Case) -> Action | None:
    return Pause(case.production_move) if case.production_move else None


def _enter_step(case: Case) -> Action | None:
    return None if case.record.is_entered else Enter()


def _pause_if_weight_changed(case: Case) -> Action | None:
    if case.facts.weight == case.record.weight:
        return None
    return Pause(f"the weight was set by hand to {format_percent(case.facts.weight)}")


def _pause_at_deadline(case: Case) -> Action | None:
    if case.facts.now < case.record.deadline_at:
        return None
    return Pause(f"inconclusive at the deadline: {case.hold or 'its steps are not over'}")


def _hold(case: Case) -> Action | None:
    return Wait(case.hold, is_hold=True) if case.hold else None


def _wait_for_time(case: Case) -> Action | None:
    return Wait() if case.facts.now < case.record.step_ends_at else None


def _wait_for_check(case: Case) -> Action | None:
    match case.facts.check:
        case "due":
            return RunCheck()
        case "running":
            return Wait("the check runs", is_hold=True)
        case "broken":
            return Wait("the check cannot be started", is_hold=True)
        case "elsewhere":
            return Wait("the check of `baton rollout start --wait` has not passed", is_hold=True)
    return None


def _leave_step(case: Case) -> Action:
    plan, step = case.record.plan, case.record.step
    if not plan.is_last(step):
        return Next(step + 1)
    return Promote() if plan.promotes else Pause("all steps are done")


_RULES: tuple[Callable[[Case], Action | None], ...] = (
    _obey_verdict,
    _rest_if_ended,
    _close_if_promoted,
    _begin,
    _abort_if_moved,
    _abort_if_harmful,
    _complete_promotion,
    _rest_if_paused,
    _pause_if_production_moved,
    _enter_step,
    _pause_if_weight_changed,
    _pause_at_deadline,
    _hold,
    _wait_for_time,
    _wait_for_check,
    _leave_step,
)
"""The first rule that gives an action decides."""
