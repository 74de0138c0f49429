"""Describes live quality and drift for the operations page."""

from dataclasses import dataclass

from baton_common.texts import truncate
from baton_inference.lifecycle.monitoring import Monitoring
from baton_inference.operations.summary import Note, Severity
from baton_registry.versions.monitoring_tags import DriftTag, QualityTag, VersionQuality

MAX_VERSIONS = 10
MAX_TEXT = 500
"""Maximum characters shown of a text of the registry."""

_TITLES = {"roc_auc": "ROC AUC", "rmse": "RMSE"}
_LOSSES = frozenset({"rmse"})


@dataclass(frozen=True)
class QualityRow:
    """The live quality of one version.

    Attributes:
        version: its number.
        metric: the metric's title.
        live: the metric on labelled rows; empty if there are too few.
        interval: its 95 % interval; empty without one.
        training: the metric on the held-out rows of the training; empty if it is not known.
        rows: the number of logged rows.
        labelled: how many of them have a label.
        severity: `warning` if the live metric is surely worse than in training.
    """

    version: str
    metric: str
    live: str
    interval: str
    training: str
    rows: int
    labelled: int
    severity: Severity


@dataclass(frozen=True)
class DriftView:
    """The drift of a version.

    Attributes:
        version: its number.
        rows: the number of logged rows.
        at: when it was measured, in UTC.
        message: one sentence.
        worst: the column that has drifted most; None if none has.
        psi: its index; empty if none has drifted.
        severity: of the drift. Drift is no harm, so it is never `bad`.
    """

    version: str
    rows: int
    at: str
    message: str
    worst: str | None
    psi: str
    severity: Severity


@dataclass(frozen=True)
class MonitoringView:
    """What the page shows of quality and drift.

    Attributes:
        notes: tags that cannot be read.
        quality: a row a version, the newest first.
        quality_at: when it was measured, in UTC; None without rows.
        quality_message: one sentence; may be empty.
        drift: None if it was not measured.
    """

    notes: tuple[Note, ...]
    quality: tuple[QualityRow, ...]
    quality_at: str | None
    quality_message: str
    drift: DriftView | None


def describe_monitoring(monitoring: Monitoring) -> MonitoringView | None:
    """Describes what was measured; None if nothing was."""
    quality, drift = monitoring.quality, monitoring.drift
    if quality is None and drift is None and not monitoring.problems:
        return None
    return MonitoringView(
        notes=_describe_problems(monitoring.problems),
        quality=_list_rows(quality) if quality else (),
        quality_at=quality.at if quality else None,
        quality_message=truncate(quality.message, MAX_TEXT) if quality else "",
        drift=_describe_drift(drift) if drift else None,
    )


def _describe_problems(problems: tuple[str, ...]) -> tuple[Note, ...]:
    if not problems:
        return ()
    text = "; ".join(problems)
    return (Note("A tag of the model cannot be read", f"{text[:1].upper()}{text[1:]}."),)


def _list_rows(quality: QualityTag) -> tuple[QualityRow, ...]:
    versions = sorted(quality.versions, key=lambda text: (len(text), text), reverse=True)
    return tuple(
        _build_row(truncate(version, MAX_TEXT), quality.versions[version])
        for version in versions[:MAX_VERSIONS]
    )


def _build_row(version: str, quality: VersionQuality) -> QualityRow:
    has_interval = quality.low is not None and quality.high is not None
    bounds = f"{_format(quality.low)} to {_format(quality.high)}" if has_interval else ""
    return QualityRow(
        version=version,
        metric=_TITLES.get(quality.metric, truncate(quality.metric, MAX_TEXT)),
        live=_format(quality.value),
        interval=bounds,
        training=_format(quality.training),
        rows=quality.rows,
        labelled=quality.labelled,
        severity="warning" if _is_worse(quality) else "good",
    )


def _is_worse(quality: VersionQuality) -> bool:
    """Whether the whole interval is worse than in training."""
    if quality.training is None or quality.low is None or quality.high is None:
        return False
    if quality.metric in _LOSSES:
        return quality.low > quality.training
    return quality.high < quality.training


def _format(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _describe_drift(drift: DriftTag) -> DriftView:
    worst = drift.worst
    severity: Severity = "good" if worst is None else "busy"
    if worst is not None and worst.level == "large":
        severity = "warning"
    return DriftView(
        version=truncate(drift.version, MAX_TEXT),
        rows=drift.rows,
        at=drift.at,
        message=truncate(drift.message, MAX_TEXT),
        worst=truncate(worst.column, MAX_TEXT) if worst else None,
        psi=f"PSI {worst.psi:.2f}, {worst.level}" if worst else "",
        severity=severity,
    )
