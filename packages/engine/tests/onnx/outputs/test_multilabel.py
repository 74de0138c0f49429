"""Classifiers of several labels per row."""

from dataclasses import replace

import numpy as np
import pytest

from baton_engine.engine import EngineError
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.onnx.outputs.checks import check_scores
from baton_registry.versions.output_schema import OutputSchema
from tests.support.fakes.engine_models import XN, build_multilabel, build_network, build_regressor

ROWS = [(0.75, 0), (0.25, 1)]


@pytest.mark.parametrize("as_sequence", [False, True])
def test_labels_and_probabilities_have_one_column_per_label(*, as_sequence: bool) -> None:
    """`tests/test_sklearn_tasks.py` has the other forms."""
    model = build_multilabel(2, as_sequence=as_sequence)
    engine = OnnxEngine(model, replace(XN, output_names=("late", "lost")))
    assert engine.output_schema == OutputSchema("multilabel", names=("late", "lost"))
    for rows in (ROWS, ROWS[:1]):
        scores = engine.score_rows(rows)
        np.testing.assert_array_equal(scores["label"], [[1, 0], [0, 1]][: len(rows)])
        np.testing.assert_array_equal(scores["probabilities"], [[0.75, 0], [0.25, 1]][: len(rows)])
        assert scores["label"].dtype == np.int64
        assert scores["probabilities"].dtype == np.float32


def test_one_label_needs_the_recorded_task() -> None:
    schema = replace(XN, columns=XN.columns[:1], task="multilabel", output_names=("late",))
    scores = OnnxEngine(build_multilabel(1), schema).score_rows([(0.75,)])
    assert scores["label"].tolist() == [[1]]
    assert scores["probabilities"].tolist() == [[0.75]]


def test_a_sequence_of_one_table_is_one_label() -> None:
    """The outputs show it; the labels alone would not."""
    schema = replace(XN, columns=XN.columns[:1])
    engine = OnnxEngine(build_multilabel(1, as_sequence=True), schema)
    assert engine.output_schema == OutputSchema("multilabel", names=("0",))
    assert engine.score_rows([(0.75,)])["probabilities"].tolist() == [[0.75]]


def test_wrong_number_of_names_is_an_error() -> None:
    with pytest.raises(EngineError, match=r"2 values per row, but the version records 3 names"):
        OnnxEngine(build_multilabel(2), replace(XN, output_names=("a", "b", "c")))


def test_only_rounding_is_clipped() -> None:
    engine = OnnxEngine(build_multilabel(2, offset=1e-6), XN)
    assert engine.score_rows([(1.0, 1)])["probabilities"].tolist() == [[1.0, 1.0]]
    with pytest.raises(EngineError, match="probabilities are in"):
        engine.score_rows([(8.0, 1)])


def test_labels_are_zero_or_one() -> None:
    output_schema = OutputSchema("multilabel", names=("a", "b"))
    scores = {"label": np.array([[0, 2]]), "probabilities": np.array([[0.5, 0.5]])}
    with pytest.raises(EngineError, match="the label 2, but 0 and 1"):
        check_scores(scores, 1, output_schema)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (build_regressor(2), r"answers value \(float \[n, 1\]\); a multilabel"),
        (build_network(), r"labels of shape \(4,\)|shape \(2,\)"),
    ],
)
def test_other_outputs_are_rejected(model: bytes, words: str) -> None:
    """The message says what was found."""
    with pytest.raises(EngineError, match=words):
        OnnxEngine(model, replace(XN, task="multilabel")).score_rows(ROWS)
