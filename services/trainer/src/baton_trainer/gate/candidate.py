"""A candidate: a pipeline fitted on a table, judged on the held-out rows, and its ONNX twin."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline

from baton_common.texts import get_first_line
from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.schema import Schema
from baton_trainer.errors import FitError, TrainError
from baton_trainer.evaluation import cross_validation, report, scoring
from baton_trainer.evaluation import outcome as evaluation
from baton_trainer.evaluation.importance import EvaluatedModel
from baton_trainer.evaluation.report import Report
from baton_trainer.gate.contender import Contender
from baton_trainer.models import export, threads
from baton_trainer.models.export import Parity
from baton_trainer.progress import Progress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table

ROWS_ALONE = 100
"""So many held-out rows are also scored one by one: a lone request takes a path of its own."""


@dataclass(frozen=True)
class Candidate:
    """What may become a version.

    Attributes:
        pipeline: fitted on the rows that are not held out.
        onnx: the same as an ONNX file.
        parity: how far the two agree on the held-out rows.
        engine: the ONNX model as the service would load it.
        report: how good it is.
    """

    pipeline: Pipeline
    onnx: bytes
    parity: Parity
    engine: OnnxEngine
    report: Report

    @property
    def metrics(self) -> dict[str, float]:
        """Those of the report, and `onnx_*` of parity."""
        return {
            **self.report.metrics,
            "onnx_max_abs_diff": self.parity.max_abs_diff,
            "onnx_label_flips": float(self.parity.flips),
        }

    def contender(self, table: Table) -> Contender:
        """The challenger, to be judged by rows that the table holds out."""
        return Contender(
            name="the challenger",
            engine=self.engine,
            schema=Schema(table.columns, table.classes),
            size_bytes=len(self.onnx),
            held_out_by=table.held_out_by,
            record=Manifest(reader=table.reader),
        )


def made(unfitted: Pipeline, table: Table, wanted: Train, progress: Progress) -> Candidate:
    """Cross-validates, fits, exports and evaluates.

    Raises:
        DataError: a class has too few rows.
        FitError: the estimator gave up.
        ExportError: the pipeline has no ONNX form that can be served.
    """
    with threads.limit(len(table.features)):
        return _made(unfitted, table, wanted, progress)


def _made(unfitted: Pipeline, table: Table, wanted: Train, progress: Progress) -> Candidate:
    learn, judge = ~table.held_out, table.held_out
    with fitting(progress):
        progress.phase("cross-validating")
        cv = cross_validation.cross_validate_table(unfitted, table, wanted.seed)
        progress.phase("fitting")
        fitted = unfitted.fit(table.features[learn], table.target[learn])
    features = table.features[judge]
    outcome = evaluation.predict_outcome(fitted, features, table.target[judge], table.positive)
    progress.phase("exporting to ONNX")
    onnx = export.convert_to_onnx(fitted, table.columns)
    engine = export.build_engine(onnx, Schema(table.columns, table.classes))
    scores = scoring.score(engine, table.columns, features)
    some = features.head(ROWS_ALONE)
    alone = scoring.score_each_row(engine, table.columns, some)
    progress.phase("evaluating")
    measured = report.build_report(
        table, cv, EvaluatedModel(engine, table.columns, features, outcome), wanted
    )
    if not measured.importances:
        progress.note(f"importance is left out: {len(table.columns):,} columns are too many for it")
    return Candidate(
        pipeline=fitted,
        onnx=onnx,
        parity=export.measure_parity(fitted, scores, features).keep_worse(
            export.measure_parity(fitted, alone, some)
        ),
        engine=engine,
        report=measured,
    )


@contextmanager
def fitting(progress: Progress) -> Iterator[None]:
    """Makes an estimator's failure a `FitError`, and tells each of its warnings once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except TrainError:
            raise
        except Exception as error:  # the libraries' own have no common base but Exception
            raise FitError(f"the estimator gave up: {get_first_line(error)}") from error
    of_interest = (ConvergenceWarning, FutureWarning)
    lines = [
        get_first_line(each.message)  # type: ignore[arg-type]
        for each in caught
        if issubclass(each.category, of_interest)
    ]
    for line in dict.fromkeys(lines):
        progress.warn(line)
