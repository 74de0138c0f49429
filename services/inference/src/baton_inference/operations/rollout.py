"""Describes the canary and its rollout for the operations page: what, how far, and why it ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from baton_common.texts import truncate
from baton_common.utc import format_utc
from baton_inference.lifecycle.status import CanaryStatus
from baton_inference.operations.commands import Commands
from baton_inference.operations.rollout_view import RolloutView, Steps
from baton_inference.operations.signals import list_signals
from baton_inference.operations.summary import Note, Severity
from baton_rollout.judgement import SignalJudgement
from baton_rollout.progress.record import Record
from baton_rollout.progress.texts import format_percent

SHOWN_AFTER_ABORT = timedelta(days=1)
MAX_TEXT = 500
"""Maximum characters shown of a text of the registry."""


def describe_rollout(  # noqa: PLR0913, PLR0917 - all that is known
    canary: CanaryStatus | None,
    judgements: Sequence[SignalJudgement],
    production: str | None,
    record: Record | None,
    now: datetime,
    commands: Commands,
) -> RolloutView | None:
    """Describes the canary; None if there is none, and no abort within the last day.

    Args:
        canary: of this process's status.
        judgements: of this process's pairs; empty without pairs.
        production: the serving version.
        record: the last rollout, as the registry records it.
        now: in UTC.
        commands: build the commands.
    """
    own = record if canary is None or _is_of(record, canary) else None
    if canary is None:
        if own is None or not _is_news(own, now):
            return None
        return _describe_without_canary(own, production, commands)
    if own is not None and own.phase == "aborted":
        return _describe_abort(own, production, commands)
    view = _describe_canary(canary, production, own, commands)
    return replace(view, signals=list_signals(judgements))


def _is_of(record: Record | None, canary: CanaryStatus) -> bool:
    return record is not None and record.plan.version == canary.version


def _is_news(record: Record, now: datetime) -> bool:
    """Whether a record without a canary is shown: it is under way, or was aborted lately."""
    if record.is_under_way:
        return True
    ended_at = record.ended_at or record.step_since
    return record.phase == "aborted" and now - ended_at < SHOWN_AFTER_ABORT


def _describe_without_canary(
    record: Record, production: str | None, commands: Commands
) -> RolloutView:
    if record.phase == "aborted":
        return _describe_abort(record, production, commands)
    version = record.plan.version
    note = Note(
        f"This process has not loaded version {version} yet",
        "Production answers all requests.",
    )
    return RolloutView(
        version=version,
        against=production,
        title=_write_title(version, production),
        badge="waiting",
        severity="busy",
        notes=(note, *_describe_pause(record, commands)),
        steps=_describe_steps(record),
        commands=_list_commands(record, commands),
    )


def _describe_abort(record: Record, production: str | None, commands: Commands) -> RolloutView:
    version, why = record.plan.version, truncate(record.message, MAX_TEXT).rstrip(".")
    note = Note(
        f"{why[:1].upper()}{why[1:]}" or "No reason is recorded",
        "Production was not moved. It answers all requests.",
        "Details:",
        commands.build_rollout("status"),
    )
    return RolloutView(
        version=version,
        against=production,
        title=f"The rollout of version {version} was aborted",
        badge="aborted",
        severity="bad",
        notes=(note,),
        ended_at=format_utc(record.ended_at or record.step_since),
    )


def _describe_canary(
    canary: CanaryStatus, production: str | None, record: Record | None, commands: Commands
) -> RolloutView:
    badge, severity = _choose_badge(canary, record)
    pairs = canary.pairs or {}
    is_live = canary.state in ("shadow", "canary", "tripped")
    return RolloutView(
        version=canary.version,
        against=production,
        title=_write_title(canary.version, production),
        badge=badge,
        severity=severity,
        notes=(*_describe_problem(canary, commands), *_describe_pause(record, commands)),
        weight=canary.effective_weight if is_live else None,
        steps=_describe_steps(record),
        pairs=pairs["counts"]["pairs"] if pairs else 0,
        answers=pairs.get("answers", 0),
        fallbacks=pairs.get("fallbacks", 0),
        dropped=pairs.get("dropped", 0),
        commands=_list_commands(record, commands),
    )


def _write_title(version: str, production: str | None) -> str:
    return f"Version {version} beside version {production}" if production else f"Version {version}"


def _choose_badge(canary: CanaryStatus, record: Record | None) -> tuple[str, Severity]:
    if canary.state == "tripped":
        return canary.state, "bad"
    if canary.state in ("failed", "refused"):
        return canary.state, "warning"
    if record is not None and record.phase == "paused":
        return record.phase, "warning"
    if canary.state == "canary":
        return f"{format_percent(canary.effective_weight)} of requests", "good"
    return canary.state, "busy"


def _describe_problem(canary: CanaryStatus, commands: Commands) -> tuple[Note, ...]:
    """Describes why the canary answers no requests, or an unreadable weight."""
    titles = {
        "tripped": f"This process stopped routing to version {canary.version}",
        "failed": f"Version {canary.version} cannot be loaded",
        "refused": f"Version {canary.version} is refused",
    }
    reason = truncate(canary.reason or "", MAX_TEXT).rstrip(".")
    if canary.state in titles:
        text = f"Reason: {reason}. Production answers all requests of this process."
        abort = commands.build_rollout("abort")
        return (Note(titles[canary.state], text, "End its rollout:", abort),)
    return (Note("Its weight cannot be read", f"{reason}."),) if reason else ()


def _describe_pause(record: Record | None, commands: Commands) -> tuple[Note, ...]:
    if record is None or record.phase != "paused":
        return ()
    why = truncate(record.message, MAX_TEXT).rstrip(".")
    resume = commands.build_rollout("resume")
    return (Note("The rollout is paused", f"Reason: {why}.", "Continue:", resume),)


def _describe_steps(record: Record | None) -> Steps | None:
    if record is None or not record.is_under_way:
        return None
    return Steps(
        weights=record.plan.steps,
        current=record.step,
        since=format_utc(record.step_since),
        ends_at=None if record.phase == "paused" else format_utc(record.step_ends_at),
        promotes=record.plan.promotes,
    )


def _list_commands(record: Record | None, commands: Commands) -> tuple[str, ...]:
    """Lists what a person can do; nothing without a rollout, which the alias ends."""
    if record is None or not record.is_under_way:
        return ()
    arguments = (("status", "--watch"), ("promote",), ("abort",))
    return tuple(commands.build_rollout(*each) for each in arguments)
