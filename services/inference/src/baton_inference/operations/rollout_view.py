"""What the operations page shows of a canary and its rollout."""

from dataclasses import dataclass

from baton_inference.operations.signals import SignalRow
from baton_inference.operations.summary import Note, Severity


@dataclass(frozen=True)
class Steps:
    """How far a rollout is.

    Attributes:
        weights: of all steps, in percent.
        current: the index of the step.
        since: when it began, in UTC.
        ends_at: the earliest end, in UTC; None while the rollout is paused.
        promotes: whether the version goes to production after the last step.
    """

    weights: tuple[float, ...]
    current: int
    since: str
    ends_at: str | None
    promotes: bool


@dataclass(frozen=True)
class RolloutView:
    """What the page shows of a canary.

    Attributes:
        version: the canary's version.
        against: the version in production beside it; None if there is none.
        title: one sentence.
        badge: a word for its state.
        severity: the color of the badge.
        notes: what needs attention, e.g. why it was aborted.
        ended_at: when it was aborted, in UTC; else None.
        weight: its share of the requests in this process, in percent; None if it answers none
            because it is not live.
        steps: None without a rollout under way, e.g. if the alias was set by hand.
        signals: the evidence of this process's pairs; empty without pairs.
        pairs: the number of this process's pairs.
        answers: the canary's answers with this weight.
        fallbacks: requests that production answered because the canary failed or refused.
        dropped: rows that were not compared, because too many arrived.
        commands: what a person can do.
    """

    version: str
    against: str | None
    title: str
    badge: str
    severity: Severity
    notes: tuple[Note, ...] = ()
    ended_at: str | None = None
    weight: float | None = None
    steps: Steps | None = None
    signals: tuple[SignalRow, ...] = ()
    pairs: int = 0
    answers: int = 0
    fallbacks: int = 0
    dropped: int = 0
    commands: tuple[str, ...] = ()
