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
from baton_trainer.cards.parts import choose_parts
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.models.estimators import Learner
from baton_trainer.models.families import SKLEARN
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
        learner: the unfitted learner.
        model: the trained model.
        verdict: the text of the gate's tag.
    """

    model_name: str
    run_id: str
    day: date
    request: TrainRequest
    table: Table
    learner: Learner
    model: TrainedModel
    verdict: str


def summarize(subject: Subject) -> str:
    """Summarizes the model in two or three sentences."""
    report, table = subject.model.report, subject.table
    metric = report.held_out.metric
    figure = grids.format_figure(
        metric, report.held_out_metrics[metric.name], report.intervals.get(metric.name)
    )
    cv = metric.format_value(report.cross_validation.means[metric.name])
    text = (
        f"{subject.learner.name}, trained on {len(table.target):,} rows ({table.file_name}). "
        f"{metric.title} {figure} on held-out rows, {cv} in cross-validation."
    )
    if report.slices:
        weakest = report.slices[0]
        text += f" Weakest slice: {weakest.name}, {grids.format_slice(metric, weakest)}."
    return text


def build_content(subject: Subject) -> dict[str, Any]:
    """Returns the values of the template's names."""
    model, report = subject.model, subject.model.report
    parts = choose_parts(report)
    return {
        "model_name": subject.model_name,
        "summary": summarize(subject),
        "facts": _build_facts(subject, parts.describe_target(subject.table)),
        **_describe_table(subject.table),
        **parts.build_values(subject.table),
        "template": parts.template,
        "target_rows": parts.build_target_grid(subject.table),
        "folds": len(report.cross_validation.folds),
        "figures": grids.build_figure_grid(report, parts.titles),
        "slices": parts.build_slice_grid(),
        "slice_count": len(report.slices),
        "importances": grids.build_importance_grid(report),
        "limitations": list_limitations(subject.table, report, subject.request.train.search),
        "command": format_command(subject.request),
        "versions": _list_versions(subject.learner),
        "largest_difference": f"{model.parity.max_abs_diff:.0e}",
        "flips": model.parity.flips,
        "params": Grid(
            ("parameter", "value"),
            [(name, str(value)) for name, value in sorted(subject.learner.params.items())],
        ),
    }


def _describe_table(table: Table) -> dict[str, Any]:
    return {
        "data": table.file_name,
        "sha256": table.sha256,
        "rows": f"{len(table.target):,}",
        "held_out": f"{table.held_out.sum():,}",
        "held_out_by": table.held_out_by,
        "warnings": table.warnings,
        "columns": grids.build_column_grid(table),
    }


def _list_versions(learner: Learner) -> str:
    names = ["baton-trainer", SKLEARN, learner.family.distribution, *_LIBRARIES]
    libraries = [f"{name} {version(name)}" for name in dict.fromkeys(names)]
    return ", ".join([f"Python {platform.python_version()}", *libraries])


def _build_facts(subject: Subject, target: str) -> Grid:
    trials = subject.request.train.search
    search = f", best of {trials} trials" if trials else ""
    facts = {
        "trained": f"{subject.day.isoformat()}, MLflow run {subject.run_id}",
        "estimator": subject.learner.name + search,
        "target": target,
        "gate": subject.verdict,
    }
    return Grid(("", ""), list(facts.items()))
