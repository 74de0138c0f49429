"""Logs a report of drift to MLflow: a run with the page, and a tag of the model."""

import json
from itertools import islice

import mlflow

from baton_registry.versions.monitoring_tags import DRIFT_TAG
from baton_trainer.monitoring.drift.display.page import render_page
from baton_trainer.monitoring.drift.drift_report import DriftReport
from baton_trainer.settings import TrainerSettings
from baton_trainer.tracking import run
from baton_trainer.tracking.mlflow_limits import MAX_METRICS, name_metrics
from baton_trainer.tracking.quiet import silence_libraries

PAGE_FILE, JSON_FILE = "drift.html", "drift.json"
METRIC_PREFIX = "drift.psi."
VERSION_TAG, MODEL_TAG = "baton.version", "baton.model"


def log_report(report: DriftReport, settings: TrainerSettings) -> str:
    """Logs a report as a run of its own, and sets the model's tag; returns the id of the run.

    The artifacts have no examples of unseen categories. They are texts of callers, perhaps personal
    ones, and a run outlives the log, whose files are deleted after some days.

    Raises:
        RecordError: MLflow refused the run; the tag is not set.
        RegistryError: the tag cannot be set.
    """
    name = f"drift of version {report.version}"
    with (
        silence_libraries(),
        run.open_run(settings, name, "baton drift", "the drift was not logged") as run_id,
    ):
        mlflow.set_tags({MODEL_TAG: report.model, VERSION_TAG: report.version})
        _log_metrics(report)
        kept = report.leave_out_examples()
        run.log_texts({PAGE_FILE: render_page(kept), JSON_FILE: _format_json(kept)})
        run.describe_run(f"{report.message}. See the artifact {PAGE_FILE}.")
    with settings.open_registry() as registry:
        registry.set_model_tag(report.model, DRIFT_TAG, report.to_tag().to_text())
    return run_id


def _log_metrics(report: DriftReport) -> None:
    """Logs the index of each tested column, and how many have drifted."""
    measured = [(each.name, each.shift.psi) for each in report.columns if each.shift]
    names = name_metrics(METRIC_PREFIX, (name for name, _ in measured))
    metrics = {
        "drift.columns": float(len(report.drifted)),
        "drift.rows": float(report.rows),
        **dict(zip(names, (psi for _, psi in measured), strict=True)),
    }
    values = iter(metrics.items())
    while batch := dict(islice(values, MAX_METRICS)):
        mlflow.log_metrics(batch)


def _format_json(report: DriftReport) -> str:
    return json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n"
