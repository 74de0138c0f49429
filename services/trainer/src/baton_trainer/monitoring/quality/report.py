"""The live quality of a model's versions, as a document."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from baton_common.utc import format_utc
from baton_rollout.judgement import ABORT_ODDS, SignalJudgement
from baton_trainer.evaluation.outcome import Metric
from baton_trainer.gate.difference import Difference
from baton_trainer.monitoring.quality.measures import Figure
from baton_trainer.monitoring.quality.request import QualityRequest


@dataclass(frozen=True)
class VersionQuality:
    """The live quality of one version.

    Attributes:
        version: its number.
        rows: how many rows the log has of it.
        ripe: how many of them are old enough to count.
        labelled: how many of those have a label.
        used: how many rows the figures are of; with `silence`, also those without a label.
        other_truths: labels that are no class of the version, or no number.
        metric: the metric by which versions of the task are compared; None without `figures`.
        figures: by the name of their metric, in the order of the table.
        problem: why there are no figures; empty if there are.
        run_id: the version's run; empty if it has none.
    """

    version: str
    rows: int
    ripe: int
    labelled: int
    used: int = 0
    other_truths: int = 0
    metric: Metric | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)
    problem: str = ""
    run_id: str = ""

    @property
    def labelled_share(self) -> float:
        """The share of the ripe rows that have a label."""
        return self.labelled / self.ripe if self.ripe else 0.0

    def to_json(self) -> dict[str, Any]:
        """Its part of the document."""
        return {
            "version": self.version,
            "rows": self.rows,
            "ripe": self.ripe,
            "labelled": self.labelled,
            "labelled_share": self.labelled_share,
            "used": self.used,
            "other_truths": self.other_truths,
            "metrics": {name: asdict(figure) for name, figure in self.figures.items()},
            "problem": self.problem or None,
        }


@dataclass(frozen=True)
class PairedQuality:
    """The version in production compared with the one before, on the same rows.

    Attributes:
        version: the version in production.
        before: the version that a rollback goes to.
        rows: the rows that both have scored.
        logged: how many of them the log has as pairs; the one before scored the others now.
        rejected: how many other rows the one before rejects, so that they are not compared.
        cut: how many others have a text that the log may have cut, so that they are not compared.
        unscored: how many others lack a feature in the log, or the one before fails on.
        losses: the judgement of the differences of the losses; None without such rows.
        difference: by the metric of the task; None if a class is missing.
        problem: why rows are missing; empty if none are.
    """

    version: str
    before: str
    rows: int = 0
    logged: int = 0
    rejected: int = 0
    cut: int = 0
    unscored: int = 0
    losses: SignalJudgement | None = None
    difference: Difference | None = None
    problem: str = ""

    @property
    def is_worse(self) -> bool:
        """Whether the evidence that the version is worse is enough for a rollback."""
        losses = self.losses
        return losses is not None and losses.decides and losses.odds >= ABORT_ODDS

    def to_json(self) -> dict[str, Any]:
        """Its part of the document."""
        losses, difference = self.losses, self.difference
        return {
            "version": self.version,
            "before": self.before,
            "rows": self.rows,
            "logged": self.logged,
            "rejected": self.rejected,
            "cut": self.cut,
            "unscored": self.unscored,
            "loss_difference": losses.mean if losses else None,
            "loss_interval_95": list(losses.interval) if losses else None,
            "loss_limit": losses.limit[1] if losses else None,
            "odds": losses.odds if losses else None,
            "is_worse": self.is_worse,
            "metric": difference.metric.name if difference else None,
            "values": [difference.second, difference.first] if difference else None,
            "kind": difference.kind if difference else None,
            "difference": difference.estimate if difference else None,
            "interval_95": list(difference.interval) if difference else None,
            "problem": self.problem or None,
        }


@dataclass(frozen=True)
class LabelCounts:
    """What became of the labels.

    Attributes:
        received: how many the log has.
        untrusted: of other API keys than the trusted ones.
        replaced: replaced by a later label of the same row.
        without_prediction: of rows that the log does not have, or not since `since`.
        repeated: rows that the log has more than once, so that no label can be joined.
        unripe: of predictions that are not old enough.
        unknown: ripe rows that have labels, none of which counts, and so are not silent; 0 without
            `silence`.
    """

    received: int
    untrusted: int
    replaced: int
    without_prediction: int
    repeated: int
    unripe: int
    unknown: int = 0


@dataclass(frozen=True)
class QualityReport:
    """The live quality of a model's versions.

    Attributes:
        model: the registered model.
        request: what was measured.
        labels: what became of the labels.
        versions: in the order of their numbers.
        production: the version that the alias points to; None if it is not set.
        paired: that version compared with the one before; None if there is none before.
        notes: what a reader should know, a line each.
    """

    model: str
    request: QualityRequest
    labels: LabelCounts
    versions: tuple[VersionQuality, ...]
    production: str | None
    paired: PairedQuality | None
    notes: tuple[str, ...]

    @property
    def is_rollback_due(self) -> bool:
        """Whether production is worse than the version before, and no untrusted label has a say.

        With `unknown` rows it never is: the senders of their labels would decide which rows are
        silent.
        """
        return self.paired is not None and self.paired.is_worse and not self.labels.unknown

    def to_json(self) -> dict[str, Any]:
        """The document of `baton quality --json`."""
        request = self.request
        return {
            "model_name": self.model,
            "at": format_utc(request.now),
            "since": format_utc(request.since) if request.since else None,
            "ripe_s": request.ripe_s,
            "silence": request.silence,
            "trusted": None if request.trusted is None else sorted(request.trusted),
            "labels": asdict(self.labels),
            "versions": [each.to_json() for each in self.versions],
            "production": self.production,
            "paired": self.paired.to_json() if self.paired else None,
            "notes": list(self.notes),
        }
