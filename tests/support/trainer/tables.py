"""Small tables, trained models and reports that the trainer's tests share."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table as RichTable

from baton_trainer.cards.content import Subject
from baton_trainer.evaluation import intervals, slice_metrics
from baton_trainer.evaluation.classes import metrics as evaluation
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.classes.slice_metrics import ClassSliceMetrics
from baton_trainer.evaluation.classes.thresholds import Costs, compute_thresholds
from baton_trainer.evaluation.cross_validation import CrossValidation
from baton_trainer.evaluation.importance import Importance
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.slices import Slice, SliceMetrics
from baton_trainer.gate import trained_model
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.models import estimators, pipeline
from baton_trainer.progress import Advance, NoProgress
from baton_trainer.request import Columns, TargetTask, Train, TrainRequest
from baton_trainer.tables.files import csv_file
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table

ROWS = 400
TARGET = "goal"
QUICK: dict[str, dict[str, str]] = {
    "logistic": {},
    "hist_gradient_boosting": {"max_iter": "20"},
    "random_forest": {"n_estimators": "20"},
    "lightgbm": {"n_estimators": "20"},
    "xgboost": {"n_estimators": "20"},
}
"""Parameters that make a test short."""


def make_features(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Returns a column of every type, with and without missing values, under unusual names."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "flag": rng.random(rows) < 0.5,
            "gappy flag": rng.choice(["true", "false", ""], rows),
            "prix (€)": rng.normal(size=rows),
            "label": rng.choice(["a", "b", "c"], rows),
            "gappy text": rng.choice(["x", "y", ""], rows),
            "whole": rng.integers(0, 50, rows),
            "gappy whole": rng.choice(["1", "2", "3", ""], rows),
        }
    )


def compute_signal(frame: pd.DataFrame, seed: int = 1) -> "pd.Series[Any]":
    """Returns a noisy sum of the features, from which targets are built."""
    noise = np.random.default_rng(seed).logistic(size=len(frame))
    return frame["flag"] + frame["prix (€)"] + (frame["label"] == "a") + noise


def make_text_target(frame: pd.DataFrame) -> "pd.Series[Any]":
    """Returns `yes` and `no`, about half each, learnable from the features."""
    return pd.Series(np.where(compute_signal(frame) > 0.8, "yes", "no"))


def as_file(frame: pd.DataFrame, name: str = "some.csv") -> DataFile:
    """Returns the frame as if it were read from a CSV file."""
    return csv_file.parse(frame.to_csv(index=False).encode(), name)


def some_table(
    target: Any = None,
    rows: int = ROWS,
    more: Mapping[str, Any] | None = None,
    task: TargetTask | None = "classification",
    **options: Any,
) -> Table:
    """Builds a valid table with a target of texts, or with the given one.

    `more` are columns to add, `task` is that of the target, `options` are `Columns`.
    """
    frame = make_features(rows).assign(**(more or {}))
    frame[TARGET] = make_text_target(frame) if target is None else target
    return build_table(as_file(frame), Columns(target=TARGET, **options), task)


def changed_table(**columns: Any) -> Table:
    """Builds the same rows and target with other values in some columns, or with more columns."""
    frame = make_features().assign(**columns)
    return build_table(
        as_file(frame.assign(**{TARGET: make_text_target(make_features())})), Columns(target=TARGET)
    )


class Notes:
    """Records the progress."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.notes: list[str] = []
        self.steps_done: list[str] = []
        self.warnings: list[str] = []
        self.tables: list[RichTable] = []

    def start_phase(self, text: str) -> None:
        self.phases.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    @contextmanager
    def track_steps(self, text: str, total: int) -> Iterator[Advance]:
        self.phases.append(f"{text} {total}")
        yield self.steps_done.append

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def show(self, table: RichTable) -> None:
        self.tables.append(table)


def some_trained_model(
    data: Table, estimator: str = "logistic", options: Train | None = None
) -> TrainedModel:
    """Trains a model quickly."""
    learner = estimators.build_learner("classifier", estimator, QUICK[estimator])
    unfitted = pipeline.build(learner, data.features, data.columns)
    return trained_model.fit_and_evaluate(unfitted, data, options or Train(), NoProgress())


def some_report(classes: int = 2, rows: int = 300) -> Report:
    """Builds a report from random labels, without a table."""
    seen = some_outcome(classes, rows)
    names = [f"half {each}" for each in range(20)]
    halves = [
        Slice(name, "a", np.random.default_rng(k).random(rows) < 0.5)
        for k, name in enumerate(names)
    ]
    return Report(
        cross_validation=CrossValidation([evaluation.compute_metrics(seen)] * 2, seen),
        held_out=seen,
        held_out_metrics=evaluation.compute_metrics(seen),
        intervals=intervals.compute_intervals(seen, 0),
        thresholds=compute_thresholds(seen, seen, Costs(1, 5)) if classes == 2 else None,
        slices=slice_metrics.compute_slice_metrics(seen, halves),
        sliced_quality=seen.quality,
        importances=tuple(Importance(name, 0.1 / (k + 1), 0.01) for k, name in enumerate(names)),
    )


def some_subject(data: Table, **options: Any) -> Subject:
    """Trains the subject of a model card; `options` are `Train`."""
    request = TrainRequest(columns=Columns(target=TARGET), train=Train(**options))
    return Subject(
        model_name="some_model",
        run_id="0123abcd",
        day=date(2026, 11, 24),
        request=request,
        table=data,
        learner=estimators.build_learner("classifier", "logistic", {}),
        model=some_trained_model(data, options=request.train),
        verdict="passed",
    )


def add_noise(outcome: ClassOutcome, noise: float, seed: int = 1) -> ClassOutcome:
    """Returns the predictions of a worse classifier for the same rows."""
    rng = np.random.default_rng(seed)
    odds = outcome.probabilities * np.exp(noise * rng.normal(size=outcome.probabilities.shape))
    return replace(outcome, probabilities=odds / odds.sum(axis=1, keepdims=True))


def as_classes(outcome: Outcome) -> ClassOutcome:
    """Returns the outcome of a classifier."""
    assert isinstance(outcome, ClassOutcome)
    return outcome


def list_class_slices(slices: Iterable[SliceMetrics]) -> list[ClassSliceMetrics]:
    """Returns the slices of a classifier."""
    return [each for each in slices if isinstance(each, ClassSliceMetrics)]


def some_outcome(classes: int, rows: int = 300) -> ClassOutcome:
    """Returns fair predictions of random labels."""
    rng = np.random.default_rng(classes)
    truth = rng.integers(0, classes, rows)
    odds = np.exp(rng.normal(size=(rows, classes)) + np.eye(classes)[truth])
    return ClassOutcome(tuple(range(classes)), truth, odds / odds.sum(axis=1, keepdims=True))


_SIGNAL = compute_signal(make_features())
TARGETS = {
    "texts": np.where(_SIGNAL > 0.8, "yes", "no"),
    "whole numbers": (_SIGNAL > 0.8).astype(int) + 3,
    "booleans": _SIGNAL > 0.8,
    "three texts": np.select([_SIGNAL < 0, _SIGNAL > 1.5], ["low", "high"], "middle"),
    "three numbers": np.select([_SIGNAL < 0, _SIGNAL > 1.5], [9, 2], 5),
}
"""Targets of every type for `some_table`."""
