import numpy as np
import onnx
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from baton_registry.versions.schema import Column, Schema, TypeName
from baton_trainer.errors import ExportError
from baton_trainer.evaluation import scoring
from baton_trainer.models import estimators, export, parity, pipeline
from baton_trainer.models.families import CLASSIFIERS
from baton_trainer.models.parity import Parity
from tests.support.suite.steps import count_steps
from tests.support.trainer.tables import TARGETS, some_table, some_trained_model


@pytest.mark.parametrize("estimator", CLASSIFIERS)
@pytest.mark.parametrize("target", TARGETS)
def test_onnx_agrees_with_the_pipeline_for_every_column_and_target_type(
    estimator: str, target: str
) -> None:
    """On held-out rows, no label flips and no probability differs by more than 1e-5."""
    data = some_table(TARGETS[target])
    candidate = some_trained_model(data, estimator)
    assert candidate.parity.holds, candidate.parity
    assert candidate.parity.rows == data.held_out.sum()
    engine = export.build_engine(candidate.onnx, Schema(data.columns, data.classes))
    labels = scoring.score(engine, data.columns, data.features)["label"].tolist()
    assert labels == candidate.pipeline.predict(data.features).tolist()
    assert type(labels[0]) is type(data.classes[0])


@pytest.mark.parametrize(
    "names",
    [
        ("a b", "a_b"),
        ("label", "probabilities"),
        ("variable", "label_"),
        ("ünï.cödé-1", "1"),
    ],
)
def test_inputs_have_the_names_of_the_columns(names: tuple[str, str]) -> None:
    """Two names may differ only by a blank, or equal those of the graph's tensors."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({names[0]: rng.normal(size=80), names[1]: rng.choice(["a", "b"], 80)})
    columns = (Column(names[0], "double"), Column(names[1], "string"))
    fitted = pipeline.build(estimators.build_learner("classifier", "logistic", {}), rows, columns)
    fitted.fit(rows, rows[names[0]] > 0)
    model = export.convert_to_onnx(fitted, columns)
    onnx.checker.check_model(onnx.load_model_from_string(model))
    scores = scoring.score(
        export.build_engine(model, Schema(columns, (False, True))), columns, rows
    )
    assert parity.measure_parity(fitted, scores, rows).holds


@pytest.mark.parametrize("kind", ["double", "string"])
def test_export_takes_linear_time(kind: TypeName) -> None:
    """200 more columns take equally many more steps, whether there were 200 before or 400."""
    few, more, many = (_steps_to_export(columns, kind) for columns in (200, 400, 600))
    assert many - more == pytest.approx(more - few, rel=0.05)


def test_a_pipeline_without_an_onnx_form_gives_one_line() -> None:
    """It quotes the first line of the converter's error."""
    rows = pd.DataFrame({"n": [1.0, 2.0, 3.0]})
    sine = make_column_transformer((FunctionTransformer(lambda rows: rows + 1), ["n"]))
    pipeline_without_form = make_pipeline(sine, LogisticRegression()).fit(rows, [0, 1, 0])
    with pytest.raises(ExportError, match="cannot be exported to ONNX") as caught:
        next(export.iter_forms(pipeline_without_form, [Column("n", "double")]))
    assert "\n" not in str(caught.value)


def test_the_second_form_is_exact() -> None:
    """Trees behind a scaler: float32 flips labels, doubles do not."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"n": np.round(rng.lognormal(10, 0.7, 2_000), 2)})
    columns = (Column("n", "double"),)
    target = rng.uniform(size=len(rows)) < rows["n"].rank(pct=True)
    scaled = ColumnTransformer([("n", StandardScaler(), ["n"])])
    fitted = make_pipeline(scaled, DecisionTreeClassifier(random_state=0)).fit(rows, target)
    thresholds = fitted[-1].tree_.threshold * fitted[0].transformers_[0][1].scale_[0]
    near = pd.DataFrame({"n": np.repeat(thresholds + fitted[0].transformers_[0][1].mean_[0], 9)})
    near["n"] *= 1 + np.tile(np.arange(-4, 5), len(thresholds)) * 1e-8
    holds = []
    for model in export.iter_forms(fitted, columns):
        engine = export.build_engine(model, Schema(columns, (False, True)))
        scores = scoring.score(engine, columns, near)
        holds.append(parity.measure_parity(fitted, scores, near).holds)
    assert holds == [False, True]


def test_a_model_that_does_not_fit_its_schema_is_not_exported() -> None:
    """The service would refuse to load it."""
    data = some_table()
    candidate = some_trained_model(data)
    with pytest.raises(ExportError, match="cannot be served"):
        export.build_engine(candidate.onnx, Schema(data.columns[1:], data.classes))


def test_parity_counts_flips_and_measures_the_largest_difference() -> None:
    """Over all rows and classes."""
    data = some_table()
    candidate = some_trained_model(data)
    rows = data.features[:10]
    engine = export.build_engine(candidate.onnx, Schema(data.columns, data.classes))
    scores = scoring.score(engine, data.columns, rows)
    shifted = scores["probabilities"].copy()
    shifted[3, 1] += 0.25
    labels = scores["label"].copy()
    labels[7] = "other"
    result = parity.measure_parity(
        candidate.pipeline, {"label": labels, "probabilities": shifted}, rows
    )
    assert (result.flips, result.rows) == (1, 10)
    assert result.max_abs_diff == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize(
    ("difference", "flips", "holds"), [(1e-5, 0, True), (1.1e-5, 0, False), (0.0, 1, False)]
)
def test_parity_holds_up_to_its_bound(difference: float, flips: int, *, holds: bool) -> None:
    """A difference of 1e-5 is allowed, another label is not."""
    assert Parity(difference, flips, rows=10).holds is holds


def test_the_worse_parity_of_two_paths_counts() -> None:
    """A model that is right in bulk but wrong row by row is not the same model."""
    bulk, alone = Parity(1e-7, 0, rows=500), Parity(0.5, 3, rows=100)
    assert bulk.keep_worse(alone) == Parity(0.5, 3, rows=500)
    assert not bulk.keep_worse(alone).holds
    assert bulk.keep_worse(bulk).holds


def _steps_to_export(count: int, kind: TypeName) -> int:
    """Counts the lines of Python that run while a pipeline with `count` columns is exported."""
    rng = np.random.default_rng(0)
    cells = rng.choice(["a", "b"], (20, count)).astype(object)
    if kind == "double":
        cells = rng.normal(size=(20, count))
    rows = pd.DataFrame(cells, columns=[f"column {place}" for place in range(count)])
    columns = [Column(str(name), kind) for name in rows.columns]
    fitted = pipeline.build(estimators.build_learner("classifier", "logistic", {}), rows, columns)
    fitted.fit(rows, np.arange(20) % 2)
    return count_steps(lambda: export.convert_to_onnx(fitted, columns))
