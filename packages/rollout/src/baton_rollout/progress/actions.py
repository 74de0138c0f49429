"""What a controller can do about a rollout, and what the record says afterwards. Pure."""

from dataclasses import dataclass
from datetime import datetime

from baton_rollout.progress.record import Record


@dataclass(frozen=True)
class Begin:
    """Set the weight to 0, then the canary alias."""


@dataclass(frozen=True)
class Enter:
    """Set the weight of the step."""


@dataclass(frozen=True)
class Next:
    """Go to a step, and set its weight."""

    step: int


@dataclass(frozen=True)
class Wait:
    """Do nothing.

    Attributes:
        message: what the rollout waits for; empty: for the step's time.
        is_hold: whether it waits for something else than time.
    """

    message: str = ""
    is_hold: bool = False


@dataclass(frozen=True)
class RunCheck:
    """Start the check of the step."""


@dataclass(frozen=True)
class Pause:
    """Wait for a person."""

    message: str


@dataclass(frozen=True)
class Promote:
    """Move the record's alias to the version.

    Attributes:
        by: the actor of the move; empty: who started the rollout.
    """

    by: str = ""


@dataclass(frozen=True)
class CloseAsPromoted:
    """Close the record, because the alias has moved. The message says by whom, if by hand."""

    message: str = ""


@dataclass(frozen=True)
class Abort:
    """Set the verdict, and close the record.

    Attributes:
        message: why.
        is_promoted: whether the rollout's own move of the alias is rolled back first.
    """

    message: str
    is_promoted: bool = False


Action = Begin | Enter | Next | Wait | RunCheck | Pause | Promote | CloseAsPromoted | Abort


def apply(record: Record, action: Action, now: datetime) -> Record:
    """Returns the record after the action is done."""
    match action:
        case Begin():
            done = record.begin(now)
        case Enter():
            done = record.enter(now)
        case Next(step):
            done = record.move_to(step, now).enter(now)
        case Pause(message):
            done = record.pause(message)
        case Promote():
            done = record.end("promoted", "", now)
        case CloseAsPromoted(message):
            done = record.end("promoted", message, now)
        case Abort(message):
            done = record.end("aborted", message, now)
        case Wait() | RunCheck():
            done = record
    return done
