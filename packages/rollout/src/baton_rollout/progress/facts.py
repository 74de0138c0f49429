"""What a controller knows at one moment: the registry's state and the processes' reports. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from baton_rollout.json_values import require_object
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress import fields
from baton_rollout.progress.record import Record
from baton_rollout.progress.retired import void_sums

Check = Literal["none", "due", "running", "passed", "broken", "elsewhere"]
Promotion = Literal["none", "stands", "undone", "irreversible"]
LOADING, REFUSED, TRIPPED = "loading", "refused", "tripped"
SERVING: tuple[str, ...] = ("shadow", "canary")
BROKEN: Mapping[str, str] = {
    TRIPPED: "stopped routing to it",
    "failed": "cannot use it",
    REFUSED: "refuses it",
}
"""States that speak against the canary, and what a process does. A failed fetch is `loading`."""


@dataclass(frozen=True)
class ProcessReport:
    """What one inference process reports about the canary.

    Attributes:
        url: the process, for messages.
        problem: why it reports nothing; empty if it does.
        version: the version in its canary slot; None without one.
        state: the state of that slot, as in `/status`; empty without one.
        reason: why the state is so.
        weight: the weight that the process knows, in percent.
        answers: how many requests the canary has answered with this weight.
        process: identifies the process; empty without pairs.
        counts: the pairs of production and canary; None without pairs.
    """

    url: str
    problem: str = ""
    version: str | None = None
    state: str = ""
    reason: str = ""
    weight: float = 0.0
    answers: int = 0
    process: str = ""
    counts: PairCounts | None = None

    @classmethod
    def from_status(cls, url: str, status: Mapping[str, Any], record: Record) -> Self:
        """Parses `/status`. Counts of another pair of versions than the record's are left out."""
        try:
            canary = status.get("canary")
            if canary is None:
                return cls(url)
            require_object(canary, "canary")
            state = fields.read_text(canary, "state")
            reason = fields.shorten(str(canary.get("reason") or ""))
            return cls(
                url=url,
                version=fields.read_version(canary, "version"),
                state=LOADING if _says_nothing(state, reason, status, record) else state,
                reason=reason,
                weight=fields.read_number(canary, "weight", 100.0),
                **_read_pairs(canary, record),
            )
        except ValueError as error:
            return cls(url, problem=f"its status has an unknown form: {error}")


@dataclass(frozen=True)
class Facts:
    """What a controller knows at one moment.

    Attributes:
        now: the time in UTC.
        production: the version of the record's alias; None if it is not set.
        canary: the version of the canary alias; None if it is not set.
        weight: the weight tag of the record's version, in percent.
        abort: why the version's rollout tag says that it was aborted; None if it does not.
        reports: one for each inference process.
        counts: the last pair counts of every process, also of those that no longer answer.
        check: what the check says about leaving this step. `broken`: it cannot be started.
            `elsewhere`: another process runs it.
        check_failure: why the check failed; empty if it did not.
        promotion: the rollout's own move of the alias: not made, still the last move, or undone.
            `irreversible`: still the last move, and the version before it was deleted.
        is_verdict_lost: whether a promotion that crossed the abort has replaced its verdict.
    """

    now: datetime
    production: str | None
    canary: str | None
    weight: float
    abort: str | None = None
    reports: tuple[ProcessReport, ...] = ()
    counts: Mapping[str, PairCounts] = field(default_factory=dict)
    check: Check = "none"
    check_failure: str = ""
    promotion: Promotion = "none"
    is_verdict_lost: bool = False

    def pool_counts(self) -> PairCounts:
        """Returns the sum of all processes' counts."""
        return sum(self.counts.values(), PairCounts())


def merge_counts(
    known: Mapping[str, PairCounts], reports: tuple[ProcessReport, ...]
) -> dict[str, PairCounts]:
    """Replaces the counts of each process that reports.

    Counts are cumulative, so a process that was away for a moment is never counted twice.
    """
    new = {each.process: each.counts for each in reports if each.process and each.counts}
    return {**void_sums(known, {*new}), **new}


def find_retired(
    counts: Mapping[str, PairCounts], reports: tuple[ProcessReport, ...]
) -> dict[str, PairCounts]:
    """Returns the counts of the processes that no longer answer."""
    present = {each.process for each in reports}
    return {process: each for process, each in counts.items() if process not in present}


def _says_nothing(state: str, reason: str, status: Mapping[str, Any], record: Record) -> bool:
    """Whether a state says nothing about the canary beside the production of the record.

    The process may have refused or tripped it beside another version: it has not followed a move
    of production yet, or is ahead. Or it refuses the canary because its rollout was aborted. The
    controller knows the verdict itself; after `start --force` a process may not know yet that it
    counts no more.
    """
    if state not in {REFUSED, TRIPPED}:
        return False
    serving = status.get("serving")
    version = serving.get("version") if isinstance(serving, dict) else None
    is_aborted = state == REFUSED and reason.lower().startswith("aborted")
    return version != record.against or is_aborted


def _read_pairs(canary: Mapping[str, Any], record: Record) -> dict[str, Any]:
    if canary.get("pairs") is None:
        return {}
    pairs = require_object(canary["pairs"], "pairs")
    if (pairs.get("production"), pairs.get("canary")) != (record.against, record.plan.version):
        return {}
    return {
        "process": fields.read_process(pairs, "process"),
        "answers": fields.read_count(pairs, "answers"),
        "counts": PairCounts.from_json(pairs.get("counts")),
    }
