"""The status in words: what a person on call reads first, and what they can do about it."""

from dataclasses import dataclass
from typing import Literal

from baton_inference.lifecycle.status import State, Status
from baton_inference.operations.commands import Commands

Mood = Literal["good", "busy", "warning", "bad"]

_MOODS: dict[State, Mood] = {
    "serving": "good",
    "swapping": "busy",
    "loading": "busy",
    "waiting": "bad",
    "degraded": "warning",
}


@dataclass(frozen=True)
class Note:
    """One thing to know beside the headline.

    Attributes:
        title: what is the case.
        text: what it means.
        hint: what to do; empty where there is nothing to do.
        command: what to type for it; None where no command helps.
    """

    title: str
    text: str
    hint: str = ""
    command: str | None = None


@dataclass(frozen=True)
class Words:
    """The status in words.

    Attributes:
        headline: one sentence.
        mood: how to look at it.
        notes: what else there is to know, the most urgent first.
    """

    headline: str
    mood: Mood
    notes: tuple[Note, ...]


def in_words(status: Status, commands: Commands) -> Words:
    """What the status says, and what to do."""
    troubles = (_load_failure(status, commands), _alias(status, commands), _registry(status))
    notes = [note for note in troubles if note is not None]
    if status.state == "swapping":
        notes.insert(0, _swapping(status))
    return Words(_headline(status), _MOODS[status.state], tuple(notes))


def _headline(status: Status) -> str:
    if status.serving is not None:
        return f"Version {status.serving.version} is serving"
    if status.state == "loading":
        return "The first version is being loaded"
    return "No version is being served"


def _swapping(status: Status) -> Note:
    return Note(
        f"Version {status.aspired_version} is on its way",
        "It is being fetched, verified and warmed up; until it has passed, every request is "
        "answered by the version that serves.",
    )


def _load_failure(status: Status, commands: Commands) -> Note | None:
    failure = status.last_load_failure
    if failure is None:
        return None
    times = "once" if failure.attempts == 1 else f"{failure.attempts} times"
    return Note(
        f"Version {failure.version} cannot be loaded",
        f"Why: {failure.reason.rstrip('.')}. Tried {times}; it is tried again by itself.",
        "Look at the version in MLflow. To go back to the version before:",
        commands.rollback(),
    )


def _alias(status: Status, commands: Commands) -> Note | None:
    if not status.registry.reachable or status.aspired_version is not None:
        return None
    title = f"The alias {status.alias} is not set"
    if status.serving is None:
        text = "There is nothing to serve until a version is promoted."
        return Note(
            title, text, "Promote one that passed its gate:", commands.promote("challenger")
        )
    text = "What serves goes on serving, also after a restart."
    return Note(title, text, "Set it again:", commands.promote(status.serving.version))


def _registry(status: Status) -> Note | None:
    registry = status.registry
    if registry.reachable or (registry.last_error is None and registry.last_success_at is None):
        return None  # it answers, or has not been asked yet
    text = (
        "Scoring goes on with the version that serves; moves of the alias are not seen."
        if status.serving is not None
        else "No version can be fetched before it answers; it is asked again by itself."
    )
    error = registry.last_error or ""
    return Note("The registry cannot be reached", text, error[:1].upper() + error[1:])
