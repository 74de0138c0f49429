"""Each task gives the outputs of the contract, and the answers of the model."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from baton_export import CannotExport, InputColumn, InputMatrix, iter_candidates
from tests.support.export.parity import find_same, measure, start_session
from tests.support.export.pipelines import LEARNED, NEW, build_pipeline, fit_and_find
from tests.support.export.table import COLUMNS, NUMBERS

LABEL, PROBABILITIES = ("label", "tensor(int64)", [None]), "probabilities"


@pytest.mark.parametrize(
    ("estimator", "target", "outputs"),
    [
        (
            LogisticRegression(),
            "binary",
            [("label", "tensor(string)", [None]), (PROBABILITIES, "tensor(float)", [None, 2])],
        ),
        (LogisticRegression(), "bool", [LABEL, (PROBABILITIES, "tensor(float)", [None, 2])]),
        (RidgeClassifier(), "multiclass", [("label", "tensor(string)", [None])]),
        (Ridge(), "number", [("value", "tensor(double)", [None, 1])]),
        (Ridge(), "numbers", [("value", "tensor(double)", [None, 2])]),
        (
            MultiOutputClassifier(LogisticRegression()),
            "multilabel",
            [("label", "tensor(int64)", [None, 2]), (PROBABILITIES, "tensor(float)", [None, 2])],
        ),
        (
            IsolationForest(n_estimators=10, random_state=0),
            "none",
            [LABEL, ("score", "tensor(double)", [None])],
        ),
    ],
)
def test_the_outputs_are_those_of_the_contract(
    estimator: Any, target: str, outputs: list[Any]
) -> None:
    """Name, type and shape; and the answers are those of the model."""
    candidate = fit_and_find(build_pipeline(estimator), target)
    assert candidate is not None
    assert candidate.way == "exact"
    found = start_session(candidate.onnx).get_outputs()
    normal = [(each.name, each.type, [*map(_to_none, each.shape)]) for each in found]
    assert normal == outputs


def test_the_ways_come_in_order_and_one_at_a_time() -> None:
    """A step that only skl2onnx knows is also tried in float32, then all in float32."""
    model = build_pipeline(KNeighborsClassifier()).fit(LEARNED.rows, LEARNED.binary)
    candidates = [*iter_candidates(model, COLUMNS)]
    assert [each.way for each in candidates] == ["exact", "exact with rounded steps", "usual"]
    assert all(measure(model, each, COLUMNS, NEW.rows[:200]).is_none for each in candidates)


def test_a_step_without_a_form_is_named() -> None:
    """The message has the step's name and class, why, and what to do."""
    own = FunctionTransformer(lambda values: values + 1)
    model = build_pipeline(Ridge(), numbers=make_pipeline(StandardScaler(), own))
    model.fit(LEARNED.rows.fillna(0), LEARNED.number)
    with pytest.raises(CannotExport) as caught:
        next(iter_candidates(model, COLUMNS))
    assert "'functiontransformer' (FunctionTransformer)" in str(caught.value)
    assert "use a numpy function" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_matrix_is_one_input() -> None:
    """A model that was fitted on a matrix takes one."""
    rows = LEARNED.rows[NUMBERS].fillna(0).to_numpy(dtype=float)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, LEARNED.binary)
    inputs = InputMatrix(len(NUMBERS))
    candidate = next(iter_candidates(model, inputs))
    assert measure(model, candidate, inputs, rows).is_none
    (given,) = start_session(candidate.onnx).get_inputs()
    assert (given.name, given.type, given.shape[1]) == ("input", "tensor(double)", len(NUMBERS))


@pytest.mark.parametrize(
    "names", [("a b", "a_b"), ("label", "probabilities"), ("constant", "concat"), ("ünï-1", "1")]
)
def test_inputs_have_the_names_of_the_columns(names: tuple[str, str]) -> None:
    """Also names that tensors of the graph would have."""
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 2)), columns=names)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, rows[names[0]] > 0)
    candidate = next(iter_candidates(model, [InputColumn(name, "number") for name in names]))
    session = start_session(candidate.onnx)
    assert [each.name for each in session.get_inputs()] == [*names]
    feed = {name: rows[[name]].to_numpy() for name in names}
    labels = session.run(None, feed)[0]
    assert labels.tolist() == model.predict(rows).tolist()


def test_columns_are_found_by_name_in_any_order() -> None:
    """The table's columns need not be in the order of the fit."""
    chosen = make_column_transformer((StandardScaler(), ["tenure", "rate"]))
    model = make_pipeline(chosen, LogisticRegression()).fit(LEARNED.rows, LEARNED.binary)
    assert find_same(model, COLUMNS[::-1], NEW.rows) is not None


def _to_none(size: Any) -> Any:
    return size if isinstance(size, int) else None
