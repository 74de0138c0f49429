"""The first ONNX form that answers as the original is kept; real graphs on ONNX Runtime."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from baton_registry.versions.schema import Column, Schema
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.comparison.choosing import Original, choose_form
from baton_trainer.importing.comparison.differences import list_rejections
from baton_trainer.importing.isolation.job import ConvertedModel
from baton_trainer.importing.rows.generated_rows import generate_rows
from baton_trainer.importing.rows.rows import Rows
from baton_trainer.progress import NoProgress

COLUMNS = (Column("age", "double"), Column("plan", "string"))
SCHEMA = Schema(COLUMNS, classes=("no", "yes"), task="binary")
FILE_ROWS = 300


@dataclass
class Shown(NoProgress):
    """Keeps the tables."""

    tables: list[Table] = field(default_factory=list)

    def show(self, table: Table) -> None:
        self.tables.append(table)

    def render(self) -> str:
        console = Console(width=200)
        with console.capture() as captured:
            console.print(*self.tables)
        return captured.get()


def make_rows() -> Rows:
    rng = np.random.default_rng(0)
    ages = rng.integers(18, 90, FILE_ROWS).astype(np.float64)
    plans = rng.choice(["basic", "pro"], FILE_ROWS).astype(object)
    locations = [f"row {index + 1}" for index in range(FILE_ROWS)]
    rows = Rows(COLUMNS, {"age": ages, "plan": plans}, locations)
    return rows.join(generate_rows(rows))


def fit(rows: Rows, seed: int, unknown: str = "ignore") -> Pipeline:
    rng = np.random.default_rng(seed)
    frame = rows.to_frame().head(FILE_ROWS)
    target = np.where(frame["age"] + 40 * rng.random(FILE_ROWS) > 70, "yes", "no")
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown=unknown), ["plan"]), remainder="passthrough"
    )
    return make_pipeline(encoder, LogisticRegression(max_iter=1_000)).fit(frame, target)


def convert(model: Pipeline) -> ConvertedModel:
    inputs = [("age", FloatTensorType([None, 1])), ("plan", StringTensorType([None, 1]))]
    graph = convert_sklearn(model, initial_types=inputs, options={id(model): {"zipmap": False}})
    return ConvertedModel("usual", graph.SerializeToString())


def predict(model: Pipeline, rows: Rows) -> Original:
    """What the original answers; NaN for a row that it rejects."""
    frame = rows.to_frame()
    probabilities = np.full((len(frame), 2), np.nan)
    for index in range(len(frame)):
        try:
            probabilities[index] = model.predict_proba(frame.iloc[[index]])[0]
        except ValueError:
            continue
    labels = np.where(np.isnan(probabilities[:, 0]), np.nan, probabilities.argmax(axis=1))
    answers = Answers({"label": labels.reshape(-1, 1), "probabilities": probabilities})
    return Original(rows, FILE_ROWS, answers)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return make_rows()


@pytest.fixture(scope="module")
def model(rows: Rows) -> Pipeline:
    return fit(rows, seed=1)


def test_the_first_form_that_agrees_is_kept(rows: Rows, model: Pipeline) -> None:
    """One that inference cannot load counts as one that differs."""
    other, same = convert(fit(rows, seed=2)), convert(model)
    broken = ConvertedModel("broken", b"no graph")
    forms = [other, broken, same, convert(model)]
    chosen = choose_form(forms, predict(model, rows), SCHEMA, NoProgress())
    assert chosen.form is same
    assert chosen.agreement.holds
    assert chosen.agreement.rows == len(rows) > FILE_ROWS


def test_differences_are_shown_as_the_worst_rows(rows: Rows, model: Pipeline) -> None:
    progress = Shown()
    forms = [convert(fit(rows, seed=2))]
    with pytest.raises(ImportFailed, match="nothing was registered") as caught:
        choose_form(forms, predict(model, rows), SCHEMA, progress)
    assert "\n" not in str(caught.value)
    text = progress.render()
    for word in ("row", "output", "original", "ONNX", "difference", "label"):
        assert word in text
    assert len(text.splitlines()) <= 20


def test_one_row_of_thousands_is_enough(rows: Rows, model: Pipeline) -> None:
    """The last generated row."""
    original = predict(model, rows)
    label = original.answers.outputs["label"]
    label[-1] = 1 - label[-1]
    progress = Shown()
    with pytest.raises(ImportFailed, match="1 rows have another label"):
        choose_form([convert(model)], original, SCHEMA, progress)
    assert rows.locations[-1] in progress.render()


def test_lone_rows_take_the_path_of_lone_requests(
    rows: Rows, model: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    from baton_engine.onnx.engine import OnnxEngine  # noqa: PLC0415

    answer = OnnxEngine.score_rows

    def shifted(self: OnnxEngine, cells: list[tuple[object, ...]]) -> object:
        scores = answer(self, cells)
        return {**scores, "probabilities": scores["probabilities"] + 1e-4}

    monkeypatch.setattr(OnnxEngine, "score_rows", shifted)
    with pytest.raises(ImportFailed):
        choose_form([convert(model)], predict(model, rows), SCHEMA, NoProgress())


def test_rows_that_both_reject_are_a_warning(rows: Rows) -> None:
    """The default of OneHotEncoder fails on an unseen text, before and after the conversion."""
    strict = fit(rows, seed=1, unknown="error")
    chosen = choose_form([convert(strict)], predict(strict, rows), SCHEMA, NoProgress())
    (warning,) = list_rejections(rows, chosen.agreement)
    assert "plan unseen" in warning
    assert "500" in warning


def test_a_form_with_other_outputs_cannot_be_served(rows: Rows, model: Pipeline) -> None:
    values = Answers({"value": np.zeros((len(rows), 1))})
    with pytest.raises(ImportFailed, match="cannot be served"):
        choose_form([convert(model)], Original(rows, FILE_ROWS, values), SCHEMA, NoProgress())


def test_frames_have_the_gaps_of_pandas() -> None:
    rows = Rows(COLUMNS, {"age": np.array([1.0]), "plan": np.array([""], object)}, ["row 1"])
    frame = rows.to_frame()
    assert pd.isna(frame["plan"][0])
