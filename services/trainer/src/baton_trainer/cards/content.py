"""The content of a model card.

Its sections follow Mitchell et al. 2019, "Model cards for model reporting",
doi:10.1145/3287560.3287596.
"""

import platform
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from baton_trainer.cards import grids
from baton_trainer.cards.grids import Grid
from baton_trainer.cards.limitations import list_limitations
from baton_trainer.evaluation import slice_metrics
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.models.estimators import Classifier
from baton_trainer.models.families import FAMILIES, SKLEARN
from baton_trainer.request import TrainRequest
from baton_trainer.tables.table import Table
from baton_trainer.tracking.command_line import format_command

_LIBRARIES = ("numpy", "pandas", "skl2onnx", "onnxruntime")


@dataclass(frozen=True)
class Subject:
    """What a card describes.

    Attributes:
        model_name: the registered model's name.
        run_id: the id of the MLflow run.
        day: the day of the run.
        request: the training request.
        table: the training data.
        classifier: the unfitted classifier.
        model: the trained model.
        verdict: the text of the gate's tag.
    """

    model_name: str
    run_id: str
    day: date
    request: TrainRequest
    table: Table
    classifier: Classifier
    model: TrainedModel
    verdict: str


def summarize(subject: Subject) -> str:
    """Summarizes the model in two or three sentences."""
    report, table = subject.model.report, subject.table
    auc = grids.format_figure(report.held_out_metrics["roc_auc"], report.intervals.get("roc_auc"))
    cv = report.cross_validation.means["roc_auc"]
    text = (
        f"{subject.classifier.name}, trained on {len(table.target):,} rows ({table.file_name}). "
        f"ROC AUC {auc} on held-out rows, {cv:.4f} in cross-validation."
    )
    if report.slices:
        weakest = report.slices[0]
        text += f" Weakest slice: {weakest.name}, {grids.format_slice_auc(weakest)}."
    return text


def build_content(subject: Subject) -> dict[str, Any]:
    """Returns the values of the template's names."""
    model, report = subject.model, subject.model.report
    return {
        "model_name": subject.model_name,
        "summary": summarize(subject),
        "facts": _build_facts(subject),
        **_describe_table(subject.table),
        "folds": len(report.cross_validation.folds),
        "figures": grids.build_figure_grid(report),
        **grids.build_threshold_values(report.thresholds),
        "min_rows": slice_metrics.MIN_ROWS,
        "slices": grids.build_slice_grid(report),
        "slice_count": len(report.slices),
        "importances": grids.build_importance_grid(report),
        "limitations": list_limitations(subject.table, report, subject.request.train.search),
        "command": format_command(subject.request),
        "versions": _list_versions(subject.classifier),
        "largest_difference": f"{model.parity.max_abs_diff:.0e}",
        "flips": model.parity.flips,
        "params": Grid(
            ("parameter", "value"),
            [(name, str(value)) for name, value in sorted(subject.classifier.params.items())],
        ),
    }


def _describe_table(table: Table) -> dict[str, Any]:
    return {
        "positive": "" if table.positive is None else str(table.positive),
        "data": table.file_name,
        "sha256": table.sha256,
        "rows": f"{len(table.target):,}",
        "held_out": f"{table.held_out.sum():,}",
        "held_out_by": table.held_out_by,
        "class_rows": grids.build_class_grid(table),
        "warnings": table.warnings,
        "columns": grids.build_column_grid(table),
    }


def _list_versions(classifier: Classifier) -> str:
    names = ["baton-trainer", SKLEARN, FAMILIES[classifier.name].distribution, *_LIBRARIES]
    libraries = [f"{name} {version(name)}" for name in dict.fromkeys(names)]
    return ", ".join([f"Python {platform.python_version()}", *libraries])


def _build_facts(subject: Subject) -> Grid:
    trials, table = subject.request.train.search, subject.table
    search = f", best of {trials} trials" if trials else ""
    facts = {
        "trained": f"{subject.day.isoformat()}, MLflow run {subject.run_id}",
        "estimator": subject.classifier.name + search,
        "target": f"{table.target.name}; classes: {', '.join(map(str, table.classes))}",
        "gate": subject.verdict,
    }
    return Grid(("", ""), list(facts.items()))
