"""What a model card says.

Sections after Mitchell et al. 2019, "Model cards for model reporting", doi:10.1145/3287560.3287596.
"""

import platform
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from baton_trainer.cards import card_grids, limits
from baton_trainer.cards.card_grids import Grid
from baton_trainer.evaluation import slice_figures
from baton_trainer.gate.candidate import Candidate
from baton_trainer.models.estimators import Classifier
from baton_trainer.models.families import FAMILIES, SKLEARN
from baton_trainer.request import TrainRequest
from baton_trainer.tables.table import Table
from baton_trainer.tracking.command_line import command

_LIBRARIES = ("numpy", "pandas", "skl2onnx", "onnxruntime")


@dataclass(frozen=True)
class Subject:
    """What a card is about.

    Attributes:
        model_name: the registered model's.
        run_id: the MLflow run's.
        day: on which it was trained.
        request: what was asked for.
        table: what it was trained on.
        classifier: what was trained.
        candidate: what came of it.
        verdict: the text of the gate's tag.
    """

    model_name: str
    run_id: str
    day: date
    request: TrainRequest
    table: Table
    classifier: Classifier
    candidate: Candidate
    verdict: str


def summary(subject: Subject) -> str:
    """The model in two or three sentences."""
    report, table = subject.candidate.report, subject.table
    auc = card_grids.with_interval(report.figures["roc_auc"], report.intervals.get("roc_auc"))
    cv = report.cross_validation.means["roc_auc"]
    text = (
        f"{subject.classifier.name} on {len(table.target):,} rows of {table.file_name}. "
        f"ROC AUC {auc} on held-out rows, {cv:.4f} in cross-validation."
    )
    if report.slices:
        weakest = report.slices[0]
        text += f" Weakest slice: {weakest.name}, {card_grids.slice_auc(weakest)}."
    return text


def of(subject: Subject) -> dict[str, Any]:
    """The values that the template names."""
    table, candidate = subject.table, subject.candidate
    report = candidate.report
    return {
        "model_name": subject.model_name,
        "summary": summary(subject),
        "facts": _facts(subject),
        "positive": "" if table.positive is None else str(table.positive),
        "data": table.file_name,
        "sha256": table.sha256,
        "rows": f"{len(table.target):,}",
        "held_out": f"{table.held_out.sum():,}",
        "held_out_by": table.held_out_by,
        "class_rows": card_grids.class_rows(table),
        "warnings": table.warnings,
        "columns": card_grids.columns(table),
        "folds": len(report.cross_validation.folds),
        "figures": card_grids.figures(report),
        **card_grids.of_thresholds(report.thresholds),
        "least_rows": slice_figures.LEAST_ROWS,
        "slices": card_grids.slices(report),
        "slice_count": len(report.slices),
        "importances": card_grids.importances(report),
        "limits": limits.of(table, report, subject.request.train.search),
        "command": command(subject.request),
        "versions": _versions(subject.classifier),
        "largest_difference": f"{candidate.parity.max_abs_diff:.0e}",
        "flips": candidate.parity.flips,
        "params": Grid(
            ("parameter", "value"),
            [(name, str(value)) for name, value in sorted(subject.classifier.params.items())],
        ),
    }


def _versions(classifier: Classifier) -> str:
    names = ["baton-trainer", SKLEARN, FAMILIES[classifier.name].distribution, *_LIBRARIES]
    found = [f"Python {platform.python_version()}"]
    found += [f"{name} {version(name)}" for name in dict.fromkeys(names)]
    return ", ".join(found)


def _facts(subject: Subject) -> Grid:
    trials, table = subject.request.train.search, subject.table
    search = f", the best of {trials} trials" if trials else ""
    facts = {
        "trained": f"{subject.day.isoformat()}, MLflow run {subject.run_id}",
        "estimator": subject.classifier.name + search,
        "target": f"{table.target.name}: {', '.join(map(str, table.classes))}",
        "gate": subject.verdict,
    }
    return Grid(("", ""), list(facts.items()))
