"""A trained model: a pipeline, its ONNX form, and their evaluation on the held-out rows."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline

from baton_common.texts import get_first_line
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.manifest import Manifest
from baton_trainer.errors import FitError, TrainError
from baton_trainer.evaluation import cross_validation, report, scoring
from baton_trainer.evaluation.importance import EvaluatedModel
from baton_trainer.evaluation.prediction import predict_outcome
from baton_trainer.evaluation.report import Report
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.models import export, threads
from baton_trainer.models.parity import Parity, measure_parity
from baton_trainer.progress import Progress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table

SINGLE_ROWS = 100
"""This many held-out rows are also scored one by one: a lone request takes a different path."""


@dataclass(frozen=True)
class TrainedModel:
    """The result of training, before it is registered.

    Attributes:
        pipeline: fitted on the rows that are not held out.
        onnx: the pipeline as an ONNX file.
        parity: how closely pipeline and ONNX model agree on the held-out rows.
        engine: the ONNX model, loaded as the service loads it.
        report: the evaluation.
    """

    pipeline: Pipeline
    onnx: bytes
    parity: Parity
    engine: OnnxEngine
    report: Report

    @property
    def metrics(self) -> dict[str, float]:
        """The report's metrics, and parity as `onnx_*`."""
        return {**self.report.metrics, **self.parity.metrics}

    def to_challenger(self, table: Table) -> ComparableModel:
        """Returns the model as the gate's challenger, trained on this table."""
        return ComparableModel(
            name="the challenger",
            engine=self.engine,
            schema=table.schema,
            size_bytes=len(self.onnx),
            held_out_by=table.held_out_by,
            manifest=Manifest(reader=table.reader, private_columns=table.private_columns),
        )


def fit_and_evaluate(
    unfitted: Pipeline, table: Table, options: Train, progress: Progress
) -> TrainedModel:
    """Cross-validates, fits, exports and evaluates.

    Raises:
        DataError: a class has too few rows.
        FitError: the estimator failed on this table.
        ExportError: the pipeline has no ONNX form that can be served.
    """
    with threads.limit(len(table.features)):
        return _fit_and_evaluate(unfitted, table, options, progress)


def _fit_and_evaluate(
    unfitted: Pipeline, table: Table, options: Train, progress: Progress
) -> TrainedModel:
    with catch_fit_errors(progress):
        progress.start_phase("cross-validating")
        cv = cross_validation.cross_validate_table(unfitted, table, options.seed)
        progress.start_phase("fitting")
        fitted = unfitted.fit(table.features[~table.held_out], table.target[~table.held_out])
    features, target = table.features[table.held_out], table.target[table.held_out]
    outcome = predict_outcome(fitted, features, target, table.positive)
    progress.start_phase("exporting to ONNX")
    onnx, engine, parity = _export(fitted, table)
    progress.start_phase("evaluating")
    evaluated = EvaluatedModel(engine, table.columns, features, outcome)
    measured = report.build_report(table, cv, evaluated, options)
    if not measured.importances:
        columns = len(table.columns)
        progress.note(f"importance is not measured: {columns:,} columns are too many for it")
    return TrainedModel(fitted, onnx, parity, engine, measured)


def _export(fitted: Pipeline, table: Table) -> tuple[bytes, OnnxEngine, Parity]:
    """Keeps the first ONNX form whose parity holds, else the closest, which the gate refuses."""
    forms = []
    for onnx in export.iter_forms(fitted, table.columns):
        engine = export.build_engine(onnx, table.schema)
        parity = _measure_parity(fitted, engine, table)
        forms.append((onnx, engine, parity))
        if parity.holds:
            return forms[-1]
    return min(forms, key=lambda form: form[2].distance)


def _measure_parity(fitted: Pipeline, engine: OnnxEngine, table: Table) -> Parity:
    """The worse parity of two: all held-out rows at once, and the first of them one by one."""
    features = table.features[table.held_out]
    first = features.head(SINGLE_ROWS)
    together = scoring.score(engine, table.columns, features)
    single = scoring.score_each_row(engine, table.columns, first)
    of_all = measure_parity(fitted, together, features, table.deviation)
    return of_all.keep_worse(measure_parity(fitted, single, first, table.deviation))


@contextmanager
def catch_fit_errors(progress: Progress) -> Iterator[None]:
    """Turns an estimator's failure into a `FitError`, and reports each of its warnings once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except TrainError:
            raise
        except Exception as error:  # the libraries' errors have no common base but Exception
            raise FitError(f"the estimator failed: {get_first_line(error)}") from error
    reported = (ConvergenceWarning, FutureWarning)
    lines = [get_first_line(each.message) for each in caught if issubclass(each.category, reported)]  # type: ignore[arg-type]
    for line in dict.fromkeys(lines):
        progress.warn(line)
