"""Decides what to do about a rollout. A pure function: it does no I/O and reads no clock.

An abort needs evidence: of the pairs, of a process, of a check, or a person's hand. Missing data
never aborts. It holds the step, and the rollout pauses as inconclusive at its deadline.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

from baton_rollout.judgement import ABORT_ODDS, SignalJudgement, find_harm, judge
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
from baton_rollout.progress.facts import BROKEN, Facts
from baton_rollout.progress.holds import find_hold
from baton_rollout.progress.record import Record
from baton_rollout.progress.texts import describe_harm, format_percent

SETTLED = timedelta(minutes=10)


def decide(record: Record, facts: Facts) -> Action:
    """Decides what to do next about a rollout.

    Args:
        record: the rollout.
        facts: what the controller knows now.

    Returns:
        The action. The same record and facts give every controller the same action.
    """
    case = _Case(record, facts)
    for rule in _RULES:
        if action := rule(case):
            return action
    return Wait()


class _Case:
    """A record with the facts about it."""

    def __init__(self, record: Record, facts: Facts) -> None:
        self.record, self.facts = record, facts
        self.version = record.plan.version
        self.is_promoted = facts.production == self.version

    @property
    def is_settled(self) -> bool:
        """Whether the rollout ended so long ago that no other controller still works on it."""
        ended = self.record.ended_at
        return ended is not None and self.facts.now - ended > SETTLED

    @cached_property
    def judgements(self) -> tuple[SignalJudgement, ...]:
        return judge(self.facts.pool_counts(), self.record.plan.limits)

    @cached_property
    def hold(self) -> str:
        return find_hold(self.record, self.facts, self.judgements)

    @property
    def production_move(self) -> str:
        """What happened to the alias; empty if it points to the version compared with."""
        alias, production = self.record.plan.alias, self.facts.production
        if production == self.record.against:
            return ""
        became = "deleted" if production is None else f"moved to version {production}"
        return f"alias {alias!r} was {became}"


def _obey_verdict(case: _Case) -> Action | None:
    """An abort is final. It wins over a promotion, or a step, of another controller."""
    abort, facts = case.facts.abort, case.facts
    undoes = case.is_promoted and facts.promotion == "stands"
    is_crossed = not case.is_settled and (undoes or facts.weight > 0)
    if abort is not None and (case.record.is_under_way or is_crossed):
        return Abort(abort, undoes)
    return None


def _rest_if_ended(case: _Case) -> Action | None:
    return None if case.record.is_under_way else Wait(case.record.message)


def _close_if_promoted(case: _Case) -> Action | None:
    if not case.is_promoted:
        return None
    return CloseAsPromoted("" if case.facts.promotion == "stands" else "by hand")


def _begin(case: _Case) -> Action | None:
    return Begin() if case.record.phase == "starting" else None


def _complete_promotion(case: _Case) -> Action | None:
    """The record says that the alias moves next, but it does not point to the version."""
    if case.record.phase != "promoting":
        return None
    if case.facts.promotion == "undone":
        return Abort(f"by hand: alias {case.record.plan.alias!r} was moved back")
    return Pause(case.production_move) if case.production_move else Promote()


def _abort_if_moved(case: _Case) -> Action | None:
    canary = case.facts.canary
    if canary == case.version:
        return None
    became = "deleted" if canary is None else f"moved to version {canary}"
    return Abort(f"by hand: the canary alias was {became}")


def _abort_if_harmful(case: _Case) -> Action | None:
    if harm := find_harm(case.judgements, ABORT_ODDS):
        return Abort(describe_harm(harm))
    for report in case.facts.reports:
        if report.version == case.version and report.state in BROKEN:
            return Abort(f"{report.url} {BROKEN[report.state]}: {report.reason}")
    return Abort(case.facts.check_failure) if case.facts.check_failure else None


def _rest_if_paused(case: _Case) -> Action | None:
    is_paused = case.record.phase == "paused"
    return Wait(case.record.message, is_hold=True) if is_paused else None


def _pause_if_production_moved(case: _Case) -> Action | None:
    return Pause(case.production_move) if case.production_move else None


def _enter_step(case: _Case) -> Action | None:
    return None if case.record.is_entered else Enter()


def _pause_if_weight_changed(case: _Case) -> Action | None:
    if case.facts.weight == case.record.weight:
        return None
    return Pause(f"the weight was set by hand to {format_percent(case.facts.weight)}")


def _pause_at_deadline(case: _Case) -> Action | None:
    if case.facts.now < case.record.deadline_at:
        return None
    return Pause(f"inconclusive at the deadline: {case.hold or 'its steps are not over'}")


def _hold(case: _Case) -> Action | None:
    return Wait(case.hold, is_hold=True) if case.hold else None


def _wait_for_time(case: _Case) -> Action | None:
    return Wait() if case.facts.now < case.record.step_ends_at else None


def _wait_for_check(case: _Case) -> Action | None:
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


def _leave_step(case: _Case) -> Action:
    plan, step = case.record.plan, case.record.step
    if not plan.is_last(step):
        return Next(step + 1)
    return Promote() if plan.promotes else Pause("all steps are done")


_RULES: tuple[Callable[[_Case], Action | None], ...] = (
    _obey_verdict,
    _rest_if_ended,
    _close_if_promoted,
    _begin,
    _complete_promotion,
    _abort_if_moved,
    _abort_if_harmful,
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
