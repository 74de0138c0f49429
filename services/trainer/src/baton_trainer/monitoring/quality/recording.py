"""Records live quality: metrics of the versions' runs, and a tag of the model."""

from collections.abc import Iterator
from math import isfinite

from baton_common.utc import format_utc
from baton_registry.versions.monitoring_tags import QUALITY_TAG, QualityTag
from baton_registry.versions.monitoring_tags import VersionQuality as TaggedQuality
from baton_trainer.monitoring.quality.report import QualityReport, VersionQuality
from baton_trainer.monitoring.quality.tables import describe_evidence
from baton_trainer.settings import TrainerSettings
from baton_trainer.tracking.run_metrics import add_metrics

PREFIX = "live_"
"""Of the metrics' names; those of training have `test_` in its place."""
ODDS = "live_odds_worse"
"""The metric of the version in production: the odds that it is worse than the one before."""

_DIGITS = 6


def record_quality(report: QualityReport, settings: TrainerSettings) -> None:
    """Adds `live_*` metrics to the runs of the versions, then sets the model's tag.

    A version without labels gets its number of rows alone.

    Raises:
        RecordError: the tracking server refused, or did not answer.
        RegistryError: the registry refused, or did not answer.
    """
    for version in report.versions:
        if version.run_id:
            metrics = dict(_list_metrics(report, version))
            add_metrics(version.run_id, metrics, report.request.now, settings)
    with settings.open_registry() as registry:
        registry.set_model_tag(report.model, QUALITY_TAG, build_tag(report))


def build_tag(report: QualityReport) -> str:
    """Builds the value of the tag. If it is too long, the oldest versions are left out."""
    versions = {each.version: _to_tagged(each) for each in report.versions}
    while True:
        tag = QualityTag(
            at=format_utc(report.request.now), versions=versions, message=describe(report)
        )
        try:
            return tag.to_text()
        except ValueError:
            versions.pop(next(iter(versions)))


def describe(report: QualityReport) -> str:
    """Describes the quality of the version in production, in one sentence."""
    if report.paired is not None and report.paired.is_worse:
        return describe_evidence(report.paired)
    production = next((v for v in report.versions if v.version == report.production), None)
    if production is None or production.metric is None:
        return "the version in production has no labels that count"
    metric = production.metric
    figure = production.figures.get(metric.name)
    if figure is None:
        return f"version {production.version} has no labels of some class"
    text = f"version {production.version}: {metric.title} {metric.format_value(figure.value)}"
    if figure.training is None:
        return text
    return f"{text}, {metric.format_value(figure.training)} in training"


def _list_metrics(report: QualityReport, version: VersionQuality) -> Iterator[tuple[str, float]]:
    yield f"{PREFIX}rows", version.rows
    yield f"{PREFIX}labelled", version.labelled
    for name, figure in version.figures.items():
        yield f"{PREFIX}{name}", figure.value
        if figure.low is not None and figure.high is not None:
            yield f"{PREFIX}{name}_ci_low", figure.low
            yield f"{PREFIX}{name}_ci_high", figure.high
    paired = report.paired
    if paired is not None and paired.version == version.version and paired.losses is not None:
        yield ODDS, paired.losses.odds


def _to_tagged(version: VersionQuality) -> TaggedQuality:
    name = version.metric.name if version.metric else ""
    figure = version.figures.get(name)
    return TaggedQuality(
        rows=version.rows,
        labelled=version.labelled,
        metric=name,
        value=_round(figure.value if figure else None),
        low=_round(figure.low if figure else None),
        high=_round(figure.high if figure else None),
        training=_round(figure.training if figure else None),
    )


def _round(value: float | None) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if value is not None and isfinite(value) else None
