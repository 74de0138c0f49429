from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column, Schema
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.importance import (
    MAX_ROWS,
    MAX_SCORED,
    EvaluatedModel,
    measure_importances,
)
from baton_trainer.models import export
from tests.support.trainer.tables import some_table, some_trained_model

BINARY = OutputSchema("binary", (0, 1))


@dataclass
class FirstColumn:
    """Predicts the first column's value as the probability of the second class."""

    name: str = "first column"
    output_schema: OutputSchema = BINARY
    rows: list[int] = field(default_factory=list)

    def score(self, columns: Mapping[str, Array]) -> Scores:
        values = np.asarray(next(iter(columns.values())))
        self.rows.append(len(values))
        probabilities = np.stack([1 - values, values], axis=1).astype(np.float32)
        return {"label": probabilities.argmax(axis=1), "probabilities": probabilities}

    def score_rows(self, rows: Rows) -> Scores:
        raise NotImplementedError


def evaluate(
    columns: int, rows: int, engine: FirstColumn, positives: float = 0.5
) -> EvaluatedModel:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((rows, columns)), columns=[f"c{n}" for n in range(columns)])
    truth = (frame["c0"] > 1 - positives).to_numpy().astype(np.intp)
    probabilities = np.stack([1 - frame["c0"], frame["c0"]], axis=1)
    names = [Column(str(name), "double") for name in frame]
    return EvaluatedModel(engine, names, frame, ClassOutcome((0, 1), truth, probabilities))


def test_importance_is_the_auc_that_is_lost_without_the_column() -> None:
    """All of it for the only column that the model uses, none for the others."""
    result = measure_importances(evaluate(3, 1_000, FirstColumn()), seed=0)
    assert result[0].column == "c0"
    assert result[0].drop == pytest.approx(0.5, abs=0.05)
    assert {(each.drop, each.spread) for each in result[1:]} == {(0.0, 0.0)}


def test_too_many_columns_have_no_importance() -> None:
    """Their time is quadratic: 20,531 took seven minutes. No row is scored."""
    engine = FirstColumn()
    assert measure_importances(evaluate(20_531, 12, engine), seed=0) == ()
    assert engine.rows == []


@pytest.mark.parametrize(("columns", "most"), [(3, MAX_ROWS), (200, MAX_ROWS), (1_500, 500)])
def test_the_time_is_bounded(columns: int, most: int) -> None:
    """Long tables are sampled; wide tables have fewer rows, fewer shuffles and few calls."""
    engine = FirstColumn()
    measure_importances(evaluate(columns, 5_000, engine), seed=0)
    assert engine.rows[0] <= most + 1
    assert max(engine.rows) <= 50_000
    assert len(engine.rows) <= 2 + columns / 10
    assert sum(engine.rows) <= max(MAX_SCORED, columns * (most + 1)) + most + 1


def test_the_sample_includes_a_rare_class() -> None:
    """The ROC AUC needs it."""
    result = measure_importances(evaluate(2, 100_000, FirstColumn(), positives=0.0003), seed=0)
    assert result[0].drop == pytest.approx(0.5, abs=0.15)


def test_importance_covers_the_served_model_and_the_columns_of_the_table() -> None:
    """Including texts, booleans and missing values; the same seed gives the same result."""
    data = some_table()
    candidate = some_trained_model(data)
    engine = export.build_engine(candidate.onnx, Schema(data.columns, data.classes))
    features = data.features[data.held_out]
    model = EvaluatedModel(engine, data.columns, features, candidate.report.held_out)
    result = measure_importances(model, seed=1)
    assert {each.column for each in result} == {each.name for each in data.columns}
    assert result[0].column == "prix (€)"
    assert measure_importances(model, seed=1) == result
