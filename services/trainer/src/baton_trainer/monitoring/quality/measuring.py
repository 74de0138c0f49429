"""Measures the live quality of a model's versions: reads log, registry and runs."""

from collections.abc import Mapping
from dataclasses import replace

from baton_common.texts import truncate
from baton_registry.errors import VersionNotFound
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.errors import DataError, NotComparable
from baton_trainer.monitoring.log_reader import LogReader
from baton_trainer.monitoring.quality.joined_rows import JoinedRows, VersionRows, join_rows
from baton_trainer.monitoring.quality.labels import Labels, choose_labels
from baton_trainer.monitoring.quality.measures import measure
from baton_trainer.monitoring.quality.notes import list_notes
from baton_trainer.monitoring.quality.outcomes import (
    accepts_label,
    build_live_outcome,
    list_classes,
)
from baton_trainer.monitoring.quality.pairs.version_comparer import VersionComparer
from baton_trainer.monitoring.quality.production import find_production
from baton_trainer.monitoring.quality.report import LabelCounts, QualityReport, VersionQuality
from baton_trainer.monitoring.quality.request import QualityRequest
from baton_trainer.progress import Progress
from baton_trainer.settings import TrainerSettings, configure_mlflow
from baton_trainer.tracking.quiet import silence_libraries
from baton_trainer.tracking.run_metrics import read_metrics


def measure_quality(
    request: QualityRequest, settings: TrainerSettings, progress: Progress
) -> QualityReport:
    """Measures the live quality of a model's versions.

    Args:
        request: what to measure.
        settings: the trainer's settings; they name the model and its alias.
        progress: for the phases, and for a warning for each damaged file.

    Raises:
        DataError: the log cannot be read, with `silence` also one file of labels, or `silence` is
            no label of the version in production.
        RecordError: the tracking server refused, or did not answer.
        RegistryError: the registry refused, or did not answer.
    """
    configure_mlflow(settings)
    model = settings.model_name
    progress.start_phase("reading the prediction log")
    log = LogReader(request.location, progress.warn)
    labels = choose_labels(log.read_labels(model, since=request.since), request.trusted)
    _check_label_files(request, log)
    joined = join_rows(log, model, labels, request)
    with silence_libraries(), settings.open_registry() as registry:
        production, before = find_production(registry, settings, request)
        _check_silence(request, joined.versions.get(production or ""))
        progress.start_phase("measuring the versions")
        versions = tuple(
            _measure_version(rows, _find_version(registry, model, rows.version), settings)
            for rows in joined.versions.values()
        )
        paired = None
        if production is not None and before is not None:
            progress.start_phase("comparing with the version before")
            comparer = VersionComparer(registry, settings, request, log, joined)
            training = _read_training(_find_version(registry, model, before), settings)
            paired = comparer.compare(production, before, training.get("test_rmse"))
    counts, notes = _count_labels(labels, joined), tuple(list_notes(request, joined, versions))
    return QualityReport(model, request, counts, versions, production, paired, notes)


def _check_label_files(request: QualityRequest, log: LogReader) -> None:
    """Checks that every label has been read, where rows without one are silent."""
    if request.silence is not None and log.skipped:
        raise DataError(
            f"{request.location}/{log.skipped[0]}: labels that cannot be read would count as"
            f" {request.silence!r}; take the file out of the log, or leave out --silence"
        )


def _check_silence(request: QualityRequest, production: VersionRows | None) -> None:
    """Checks that the version in production may answer the label of silent rows."""
    if request.silence is None or production is None or production.frame.empty:
        return
    if not accepts_label(production.frame, request.silence):
        classes = truncate(", ".join(list_classes(production.frame)))
        allowed = f"one of its classes: {classes}" if classes else "a number"
        raise DataError(
            f"--silence {request.silence!r} is no label of version {production.version}, which is"
            f" in production; name {allowed}"
        )


def _find_version(registry: RegistryClient, model: str, version: str) -> ModelVersion | None:
    try:
        return registry.get_version(model, version)
    except VersionNotFound:
        return None


def _read_training(version: ModelVersion | None, settings: TrainerSettings) -> Mapping[str, float]:
    return read_metrics(version.run_id, settings) if version and version.run_id else {}


def _measure_version(
    rows: VersionRows, registered: ModelVersion | None, settings: TrainerSettings
) -> VersionQuality:
    result = VersionQuality(
        rows.version,
        rows.rows,
        rows.ripe,
        rows.labelled,
        run_id=registered.run_id if registered else "",
    )
    if rows.frame.empty:
        return replace(result, problem="no labels that count")
    try:
        live = build_live_outcome(rows.frame)
    except NotComparable as error:
        return replace(result, problem=str(error))
    used = int(live.rows.sum())
    result = replace(result, used=used, other_truths=live.other_truths)
    if not used:
        return replace(result, problem="no label is one of its classes, or a number")
    figures = measure(live.outcome, _read_training(registered, settings))
    return replace(result, metric=live.outcome.metric, figures=figures)


def _count_labels(labels: Labels, joined: JoinedRows) -> LabelCounts:
    return LabelCounts(
        received=labels.received,
        untrusted=labels.untrusted,
        replaced=labels.replaced,
        without_prediction=joined.without_prediction,
        repeated=joined.repeated,
        unripe=joined.unripe,
        unknown=joined.unknown,
    )
