"""Checks of probabilities."""

from typing import Any

import numpy as np
import pytest

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.probabilities import (
    ROUNDING,
    check_classifier_scores,
    check_probabilities,
    clip_rounding,
)

NAN = float("nan")


def build_scores(*rows: list[float], labels: Any = None, dtype: Any = np.float32) -> Scores:
    """What a model of the classes `no` and `yes` might answer."""
    return {
        "label": np.array(labels or ["no"] * len(rows), object),
        "probabilities": np.array(rows, dtype),
    }


@pytest.mark.parametrize(
    "row", [[8.05, -8.05], [0.0, 0.478], [0.0, 0.0], [1.0, 1.0], [NAN, 1.0], [1.002, -0.002]]
)
def test_rows_that_are_not_probabilities_are_rejected(row: list[float]) -> None:
    """The error shows the row."""
    with pytest.raises(EngineError, match="probabilities are in"):
        check_classifier_scores(build_scores([0.5, 0.5], row), 2, ("no", "yes"))


@pytest.mark.parametrize(
    "row", [[1.0, 0.0], [1.0 + 1.2e-7, -1.2e-7], [0.5004, 0.5004], [0.4996, 0.4996]]
)
def test_rounding_is_allowed(row: list[float]) -> None:
    """Of float32 and half precision."""
    check_classifier_scores(build_scores(row), 1, ("no", "yes"))


def test_float32_sums_of_many_classes_are_allowed() -> None:
    logits = np.random.default_rng(0).normal(size=(50, 10_000)).astype(np.float32)
    weights = np.exp(logits)
    check_probabilities(weights / weights.sum(axis=1, keepdims=True))


def test_synthetic_rows_may_give_nan_or_zeros() -> None:
    """Other rows are checked."""
    check_classifier_scores(
        build_scores([NAN, NAN], [0.0, 0.0], [0.5, 0.5]), 3, ("no", "yes"), synthetic=True
    )
    with pytest.raises(EngineError, match="decision scores"):
        check_classifier_scores(
            build_scores([0.0, 0.0], [2.0, -2.0]), 2, ("no", "yes"), synthetic=True
        )


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        (build_scores([0.1, 0.2, 0.7]), "shape"),
        (build_scores([1.0]), "decision scores"),
        (build_scores([0.5, 0.5], labels=["maybe"]), "maybe"),
        (
            {"label": np.array([["no"]], object), "probabilities": np.array([[0.5, 0.5]])},
            "labels of shape",
        ),
        ({"label": np.array(["no"], object), "probabilities": np.array([0.5])}, "probabilities of"),
    ],
)
def test_answer_must_fit_the_classes(scores: Scores, word: str) -> None:
    """Another number of probabilities, or an unknown label, is rejected."""
    with pytest.raises(EngineError, match=word):
        check_classifier_scores(scores, 1, ("no", "yes"))


def test_only_rounding_is_clipped() -> None:
    """NaN stays."""
    hair = np.array([[-1e-7, 1 + 1e-7], [NAN, 0.5]], np.float32)
    np.testing.assert_array_equal(clip_rounding(hair), [[0, 1], [NAN, np.float32(0.5)]])
    with pytest.raises(EngineError, match=r"\[8.05, -8.05\]"):
        clip_rounding(np.array([[0.5, 0.5], [8.05, -8.05]], np.float32))
    with pytest.raises(EngineError, match="inf"):
        clip_rounding(np.array([[0.5, np.inf]], np.float32))
    assert ROUNDING == 1e-3
