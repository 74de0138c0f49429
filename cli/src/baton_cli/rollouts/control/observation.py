"""What a controller observes in one tick: registry, processes, and the decision that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from baton_cli.inference.report import Report
from baton_cli.rollouts.control.snapshot import Snapshot
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.actions import Abort, Action, CloseAsPromoted, Promote
from baton_rollout.progress.decision import decide
from baton_rollout.progress.facts import Check, Facts, ProcessReport, find_retired, merge_counts
from baton_rollout.progress.record import Record

LABELS = "labels"
"""Stands for a process: the counts of labelled pairs, which the prediction log keeps."""


@dataclass(frozen=True)
class Observation:
    """A rollout at one moment.

    Attributes:
        snapshot: the registry's state.
        facts: what the decision was made from.
        action: what to do next.
    """

    snapshot: Snapshot
    facts: Facts
    action: Action

    @property
    def record(self) -> Record:
        """The record."""
        return self.snapshot.record

    def prepare(self, action: Action) -> Snapshot:
        """Returns the snapshot for an action: its record keeps the counts that must not be lost.

        Those are the counts of processes that no longer answer; at the end of the rollout, of all.
        """
        ends = isinstance(action, Abort | CloseAsPromoted | Promote)
        counts = self.facts.counts
        processes = {name: each for name, each in counts.items() if name != LABELS}
        kept = counts if ends else find_retired(processes, self.facts.reports)
        return replace(self.snapshot, record=self.record.retire(kept))


def decide_by_registry(snapshot: Snapshot, now: datetime) -> Action:
    """Decides from the registry alone: what follows from a person's move, or from a crash."""
    facts = Facts(
        now=now,
        production=snapshot.production,
        canary=snapshot.canary,
        weight=snapshot.weight,
        abort=snapshot.abort,
        promotion=snapshot.promotion,
        is_verdict_lost=snapshot.is_verdict_lost,
    )
    return decide(snapshot.record, facts)


class CountsBook:
    """The last pair counts of each process of one rollout, also of those that are gone."""

    def __init__(self) -> None:
        self._pair: tuple[str, str] | None = None
        self._counts: Mapping[str, PairCounts] = {}

    def update(
        self, record: Record, reports: tuple[ProcessReport, ...]
    ) -> Mapping[str, PairCounts]:
        """Adds these reports, and returns the counts of all processes."""
        pair = (record.plan.token, record.against)
        if pair != self._pair:
            self._pair, self._counts = pair, record.retired
        self._counts = merge_counts(self._counts, reports)
        return self._counts


@dataclass
class Observer:
    """Makes observations. It remembers the counts of processes that have gone.

    Attributes:
        model: the registered model.
        book: the counts.
    """

    model: str
    book: CountsBook = field(default_factory=CountsBook)

    def observe(
        self,
        snapshot: Snapshot,
        reports: Sequence[Report],
        now: datetime,
        check: tuple[Check, str] = ("none", ""),
        labelled: PairCounts | None = None,
    ) -> Observation:
        """Combines the registry's state, the processes' reports and labelled pairs, and decides."""
        record = snapshot.record
        read = tuple(self._read_report(report, record) for report in reports)
        state, failure = check
        counts = self.book.update(record, read)
        facts = Facts(
            now=now,
            production=snapshot.production,
            canary=snapshot.canary,
            weight=snapshot.weight,
            abort=snapshot.abort,
            reports=read,
            counts=counts if labelled is None else {**counts, LABELS: labelled},
            check=state,
            check_failure=failure,
            promotion=snapshot.promotion,
            is_verdict_lost=snapshot.is_verdict_lost,
        )
        return Observation(snapshot, facts, decide(record, facts))

    def _read_report(self, report: Report, record: Record) -> ProcessReport:
        if report.is_refused:
            return ProcessReport(report.url, problem="refuses the API key (scope operations)")
        if report.status is None:
            return ProcessReport(report.url, problem="does not answer")
        if not report.follows(self.model, record.plan.alias):
            return ProcessReport(report.url, problem="follows another model or alias")
        return ProcessReport.from_status(report.url, report.status, record)
