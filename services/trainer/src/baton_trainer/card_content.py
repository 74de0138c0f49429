"""What a model card says.

Sections after Mitchell et al. 2019, "Model cards for model reporting", doi:10.1145/3287560.3287596.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import pandas as pd

from baton_registry.signature import Column
from baton_trainer import limits, slice_figures
from baton_trainer.candidate import Candidate
from baton_trainer.command_line import command
from baton_trainer.estimators import ESTIMATORS, Classifier
from baton_trainer.intervals import Interval
from baton_trainer.report import Report
from baton_trainer.request import TrainRequest
from baton_trainer.slice_figures import SliceFigures
from baton_trainer.table import Table
from baton_trainer.thresholds import Threshold, Thresholds

MAX_LINES = 15
"""Of a table that is sorted by what matters; more are not read."""
FIGURES = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC (average precision)",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "expected calibration error",
    "accuracy": "accuracy",
    "f1": "F1",
}

_MAX_VALUES = 6
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
    auc = _with_interval(report.figures["roc_auc"], report.intervals.get("roc_auc"))
    cv = report.cross_validation.means["roc_auc"]
    text = (
        f"{subject.classifier.name} on {len(table.target):,} rows of {table.file_name}. "
        f"ROC AUC {auc} on held-out rows, {cv:.4f} in cross-validation."
    )
    if report.slices:
        weakest = report.slices[0]
        text += f" Weakest slice: {weakest.name}, {_slice_auc(weakest)}."
    return text


@dataclass(frozen=True)
class Grid:
    """A table of the card.

    Attributes:
        heads: of its columns.
        rows: a text for each column.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


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
        "class_rows": _class_rows(table),
        "warnings": table.warnings,
        "columns": _columns(table),
        "folds": len(report.cross_validation.folds),
        "figures": _figures(report),
        **_of_thresholds(report.thresholds),
        "least_rows": slice_figures.LEAST_ROWS,
        "slices": _slices(report),
        "slice_count": len(report.slices),
        "importances": _importances(report),
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
    names = ["baton-trainer", "scikit-learn", ESTIMATORS[classifier.name].library, *_LIBRARIES]
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


def _class_rows(table: Table) -> Grid:
    learned, held_out = (
        table.target[rows].value_counts() for rows in (~table.held_out, table.held_out)
    )
    return Grid(
        ("class", "rows to learn from", "held-out rows"),
        [(str(each), f"{learned[each]:,}", f"{held_out[each]:,}") for each in table.classes],
    )


def _columns(table: Table) -> Grid:
    rows = []
    for column in table.columns:
        values = table.features[column.name]
        missing = values.isna().mean()
        share = f"{missing:.1%}" if missing else "none"
        rows.append((column.name, column.type, share, _values(column, values.dropna())))
    return Grid(("column", "type", "missing", "values"), rows)


def _values(column: Column, present: pd.Series) -> str:
    """The range of numbers, the most frequent texts."""
    if column.type in ("long", "double"):
        low, middle, high = (f"{each:.6g}" for each in present.quantile([0, 0.5, 1]))
        return f"{low} to {high}, median {middle}"
    shares = present.value_counts(normalize=True)
    shown = [f"{value} {share:.0%}" for value, share in shares[:_MAX_VALUES].items()]
    more = len(shares) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _figures(report: Report) -> Grid:
    means, intervals = report.cross_validation.means, report.cross_validation.intervals
    return Grid(
        ("", "cross-validated", "held out"),
        [
            (
                words,
                _with_interval(means[name], intervals.get(name)),
                _with_interval(report.figures[name], report.intervals.get(name)),
            )
            for name, words in FIGURES.items()
        ],
    )


def _of_thresholds(found: Thresholds | None) -> dict[str, Any]:
    if found is None:
        return {"thresholds": None}
    heads = ("threshold", "acted on", "precision", "recall")
    return {
        "thresholds": Grid(
            (*heads, "false positives", "false negatives", "cost for each row"),
            [_threshold(each, is_cheapest=each == found.cheapest) for each in found.table],
        ),
        "cost_fp": f"{found.costs.false_positive:g}",
        "cost_fn": f"{found.costs.false_negative:g}",
        "cheapest": f"{found.cheapest.at:g}",
        "cheapest_cost": f"{found.cheapest_held_out.cost:.3g}",
        "even_cost": f"{found.even_held_out.cost:.3g}",
    }


def _threshold(each: Threshold, *, is_cheapest: bool) -> tuple[str, ...]:
    return (
        f"{'cheapest: ' if is_cheapest else ''}{each.at:g}",
        f"{each.acted_on:.1%}",
        f"{each.precision:.1%}" if each.acted_on else "-",
        f"{each.recall:.1%}",
        f"{each.false_positives:,}",
        f"{each.false_negatives:,}",
        f"{each.cost:.3g}",
    )


def _slices(report: Report) -> Grid:
    is_binary = report.held_out.is_binary
    rows = []
    for each in report.slices[:MAX_LINES]:
        also = f" (the same rows: {', '.join(each.also)})" if each.also else ""
        row = (each.name + also, f"{each.rows:,}", _slice_auc(each), f"{each.accuracy:.1%}")
        rows.append((*row, f"{each.said:.1%}", f"{each.seen:.1%}") if is_binary else row)
    heads = ("slice", "rows", "ROC AUC", "accuracy")
    return Grid((*heads, "said", "seen") if is_binary else heads, rows)


def _importances(report: Report) -> Grid:
    return Grid(
        ("column", "ROC AUC lost"),
        [
            (each.column, f"{each.drop:.4f} ± {each.spread:.4f}")
            for each in report.importances[:MAX_LINES]
        ],
    )


def _slice_auc(figures: SliceFigures) -> str:
    return _with_interval(figures.roc_auc, figures.interval)


def _with_interval(value: float, interval: Interval | None) -> str:
    return f"{value:.4f}" + (f" ({interval[0]:.4f} to {interval[1]:.4f})" if interval else "")
