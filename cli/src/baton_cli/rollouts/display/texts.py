"""What the verbs of a rollout print, besides its table."""

import re
from datetime import datetime, timedelta

from baton_cli.rollouts.control.observation import Observation
from baton_cli.terminal import to_printable_line
from baton_rollout.limits import Limits
from baton_rollout.power import Power
from baton_rollout.progress.actions import (
    Abort,
    CloseAsPromoted,
    Next,
    Pause,
    Promote,
    RunCheck,
    Wait,
)
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from baton_rollout.progress.texts import format_percent

OVERDUE = timedelta(minutes=1)
"""No controller takes longer to do what is due."""
CONTROLLER_HINT = "run a controller: baton rollout run"
STOP_HINT = "stop it with: baton rollout abort"


def describe_start(model: str, record: Record, power: Power) -> list[str]:
    """Describes a rollout that has just begun, in a few lines."""
    plan = record.plan
    steps = ", ".join(f"{weight:g}" for weight in plan.steps)
    end = f"then alias {plan.alias!r}" if plan.promotes else "and then a pause"
    way = (
        f"steps of {steps} %, at least {format_duration(plan.step_for_s)} each and"
        f" {format_duration(plan.bake_s)} for the last, {end}"
    )
    return [
        f"{model}: version {plan.version} runs beside version {record.against}; {way}",
        f"{plan.min_pairs:,} pairs find, in 95 of 100 cases: {describe_power(power, plan.limits)}",
        f"watch it with: baton rollout status --watch; {STOP_HINT}",
    ]


def describe_power(power: Power, limits: Limits) -> str:
    """Describes the least harm that a number of pairs finds, by the signals that decide."""
    shares = [(power.failures, "failures")]
    if not limits.expects_change:
        shares.append((power.other_label, "other labels"))
    texts = [f"{format_percent(100 * share)} {what}" for share, what in shares if share < 1]
    if power.score < 1 and not limits.expects_change:
        texts.append(f"scores that moved by {power.score:.2g}")
    return ", ".join(texts) or "nothing; more pairs are needed (--min-pairs)"


def describe_progress(record: Record) -> str:
    """Describes how far a rollout is, in one line."""
    plan = record.plan
    who = f"version {plan.version}"
    match record.phase:
        case "starting":
            return f"{who}: the rollout starts"
        case "progressing":
            kind = ", in shadow" if record.weight == 0 else f": {format_percent(record.weight)}"
            return f"{who}: step {record.step + 1} of {len(plan.steps)}{kind}"
        case "paused":
            return f"{who}: paused: {to_printable_line(record.message)}"
        case "promoting":
            return f"{who}: promotion"
        case _:
            return describe_end(record)


def describe_end(record: Record) -> str:
    """Tells the story of a rollout that has ended, in one line."""
    plan = record.plan
    at = f" at {record.ended_at:%H:%M} UTC" if record.ended_at else ""
    if record.phase == "aborted":
        is_by_hand = record.message.startswith("by ")
        consequence = "" if is_by_hand else f"; version {record.against} answers all requests"
        message = to_printable_line(record.message)
        return f"version {plan.version} was aborted{at}: {message}{consequence}"
    how = f" ({to_printable_line(record.message)})" if record.message else ""
    return f"version {plan.version} was promoted to {plan.alias!r}{at}{how}"


def describe_future(record: Record) -> str:
    """Describes what becomes of a rollout whose `start --wait` ends before it."""
    if record.plan.has_own_check:
        return (
            "its check ran here, so no controller takes its next steps; take each with:"
            f" baton rollout promote; {STOP_HINT}"
        )
    return "the rollout goes on if a controller runs; see: baton rollout status"


def describe_next(seen: Observation) -> str:
    """Describes what happens next, in one line."""
    record = seen.record
    match seen.action:
        case Wait(message) if message:
            return f"waits: {to_printable_line(message)}"
        case Wait():
            return f"next: {describe_goal(record.plan, record.step)} at {format_end(record)}"
        case Next() | Promote() | CloseAsPromoted():
            return f"next: {describe_goal(record.plan, record.step)} now"
        case Abort(message):
            return f"next: abort: {to_printable_line(message)}"
        case Pause(message):
            return f"next: pause: {to_printable_line(message)}"
        case _:
            return "next: the controller continues"


def describe_standstill(seen: Observation) -> str:
    """Says that no controller seems to run; empty if one does, or if nothing is due."""
    record = seen.record
    if not record.is_under_way or isinstance(seen.action, Wait | RunCheck):
        return ""
    is_step = isinstance(seen.action, Next | Promote)
    due_at = record.step_ends_at if is_step else record.step_since
    if seen.facts.now - due_at < OVERDUE:
        return ""
    since = f"{record.step_since:%Y-%m-%d %H:%M} UTC"
    return f"nothing has moved the rollout since {since}; if that stays so, {CONTROLLER_HINT}"


def describe_goal(plan: Plan, step: int) -> str:
    """Describes what follows a step."""
    if not plan.is_last(step):
        return format_percent(plan.steps[step + 1])
    return f"alias {plan.alias!r}" if plan.promotes else "a pause"


def format_end(record: Record) -> str:
    """Formats the earliest end of the step."""
    return f"{record.step_ends_at:%H:%M:%S} UTC"


def format_left(record: Record, now: datetime) -> str:
    """Formats the least time that is left in the step."""
    left_s = max(0.0, (record.step_ends_at - now).total_seconds())
    return f"{format_duration(left_s)} left"


def format_duration(seconds: float) -> str:
    """Formats a duration by its largest unit, e.g. `10 min`."""
    for unit_s, unit in ((86_400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:.3g} {unit}"
    return f"{seconds:.3g} s"


def get_shape(text: str) -> str:
    """Returns the text without its numbers, so that counting is no news."""
    return re.sub(r"\d[\d,.]*", "0", text)
