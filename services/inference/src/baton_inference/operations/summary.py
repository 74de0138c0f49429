"""Summarizes the status for a person on call: a headline, notes, and commands that help."""

from dataclasses import dataclass
from typing import Literal

from baton_inference.lifecycle.status import State, Status
from baton_inference.operations.commands import Commands

Severity = Literal["good", "busy", "warning", "bad"]

_SEVERITIES: dict[State, Severity] = {
    "serving": "good",
    "swapping": "busy",
    "loading": "busy",
    "waiting": "bad",
    "degraded": "warning",
}


@dataclass(frozen=True)
class Note:
    """A fact that needs attention.

    Attributes:
        title: the fact.
        text: its effect.
        hint: what to do; empty if there is nothing to do.
        command: the command for it; None if no command helps.
    """

    title: str
    text: str
    hint: str = ""
    command: str | None = None


@dataclass(frozen=True)
class Summary:
    """The status in plain words.

    Attributes:
        headline: one sentence.
        severity: the color of the headline.
        notes: everything that needs attention, the most urgent first.
    """

    headline: str
    severity: Severity
    notes: tuple[Note, ...]


def summarize(status: Status, commands: Commands) -> Summary:
    """Summarizes the status, with commands for the problems in it."""
    problems = (
        _describe_load_failure(status, commands),
        _describe_missing_alias(status, commands),
        _describe_registry(status),
    )
    notes = [note for note in problems if note is not None]
    if status.state == "swapping":
        notes.insert(0, _describe_swap(status))
    return Summary(_write_headline(status), _SEVERITIES[status.state], tuple(notes))


def _write_headline(status: Status) -> str:
    if status.serving is not None:
        return f"Version {status.serving.version} is serving"
    if status.state == "loading":
        return "Loading the first version"
    return "No version is serving"


def _describe_swap(status: Status) -> Note:
    return Note(
        f"Loading version {status.aspired_version}",
        "Baton fetches, verifies and warms up the version, then swaps it in. "
        "Until then, the serving version answers all requests.",
    )


def _describe_load_failure(status: Status, commands: Commands) -> Note | None:
    failure = status.last_load_failure
    if failure is None or (status.registry.reachable and failure.version != status.aspired_version):
        return None
    attempts = "1 attempt" if failure.attempts == 1 else f"{failure.attempts} attempts"
    return Note(
        f"Version {failure.version} cannot be loaded",
        f"Reason: {failure.reason.rstrip('.')}. {attempts} so far; Baton keeps retrying.",
        "Check the version in MLflow, or roll back to the previous version:",
        commands.build_rollback(),
    )


def _describe_missing_alias(status: Status, commands: Commands) -> Note | None:
    if not status.registry.reachable or status.aspired_version is not None:
        return None
    title = f"The alias {status.alias} is not set"
    if status.serving is None:
        return Note(
            title,
            "Baton serves a version as soon as you promote one.",
            "Promote the last version that passed the gate:",
            commands.build_promote("challenger"),
        )
    return Note(
        title,
        "The serving version stays in service, even after a restart.",
        "Set the alias again:",
        commands.build_promote(status.serving.version),
    )


def _describe_registry(status: Status) -> Note | None:
    registry = status.registry
    if registry.reachable or (registry.last_error is None and registry.last_success_at is None):
        return None  # it answers, or was not polled yet
    text = (
        "Scoring continues with the serving version, but Baton cannot see moves of the alias."
        if status.serving is not None
        else "Baton cannot fetch a version until the registry answers. It keeps retrying."
    )
    error = registry.last_error or ""
    return Note("The registry cannot be reached", text, error[:1].upper() + error[1:])
