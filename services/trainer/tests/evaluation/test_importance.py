from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Column, Label, Schema
from baton_trainer.evaluation.importance import MAX_ROWS, MAX_SCORED, Judge, measure_importances
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.models import export
from tests.support.trainer.tables import some_table, some_trained_model


@dataclass
class FirstColumn:
    """Says the first column's value as the probability of the second class."""

    name: str = "first column"
    classes: tuple[Label, ...] = (0, 1)
    rows: list[int] = field(default_factory=list)

    def score(self, columns: Mapping[str, Array]) -> Scores:
        said = np.asarray(next(iter(columns.values())))
        self.rows.append(len(said))
        probabilities = np.stack([1 - said, said], axis=1).astype(np.float32)
        return Scores(probabilities.argmax(axis=1), probabilities)

    def score_rows(self, rows: Rows) -> Scores:
        raise NotImplementedError


def judge(columns: int, rows: int, engine: FirstColumn, positives: float = 0.5) -> Judge:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((rows, columns)), columns=[f"c{n}" for n in range(columns)])
    truth = (frame["c0"] > 1 - positives).to_numpy().astype(np.intp)
    said = np.stack([1 - frame["c0"], frame["c0"]], axis=1)
    names = [Column(str(name), "double") for name in frame]
    return Judge(engine, names, frame, Outcome((0, 1), truth, said))


def test_a_column_is_worth_what_is_lost_without_it() -> None:
    """All of it where the model knows nothing else; nothing where it does not look."""
    found = measure_importances(judge(3, 1_000, FirstColumn()), seed=0)
    assert found[0].column == "c0"
    assert found[0].drop == pytest.approx(0.5, abs=0.05)
    assert {(each.drop, each.spread) for each in found[1:]} == {(0.0, 0.0)}


def test_columns_too_many_to_shuffle_one_by_one_have_no_importance() -> None:
    """Their time would grow by pairs of columns: 20,531 took seven minutes. No row is scored."""
    engine = FirstColumn()
    assert measure_importances(judge(20_531, 12, engine), seed=0) == ()
    assert engine.rows == []


@pytest.mark.parametrize(("columns", "most"), [(3, MAX_ROWS), (200, MAX_ROWS), (1_500, 500)])
def test_its_time_is_bounded(columns: int, most: int) -> None:
    """Long tables are sampled; of wide ones fewer rows are shuffled, fewer times, in few calls."""
    engine = FirstColumn()
    measure_importances(judge(columns, 5_000, engine), seed=0)
    assert engine.rows[0] <= most + 1
    assert max(engine.rows) <= 50_000
    assert len(engine.rows) <= 2 + columns / 10
    assert sum(engine.rows) <= max(MAX_SCORED, columns * (most + 1)) + most + 1


def test_a_rare_class_is_in_the_sample() -> None:
    """A ROC AUC needs it."""
    found = measure_importances(judge(2, 100_000, FirstColumn(), positives=0.0003), seed=0)
    assert found[0].drop == pytest.approx(0.5, abs=0.15)


def test_the_model_is_the_one_that_is_served_and_the_columns_are_those_of_the_table() -> None:
    """Texts, booleans and gaps included; the same seed gives the same worth."""
    data = some_table()
    made = some_trained_model(data)
    engine = export.build_engine(made.onnx, Schema(data.columns, data.classes))
    features = data.features[data.held_out]
    about = Judge(engine, data.columns, features, made.report.held_out)
    found = measure_importances(about, seed=1)
    assert {each.column for each in found} == {each.name for each in data.columns}
    assert found[0].column == "prix (€)"
    assert measure_importances(about, seed=1) == found
