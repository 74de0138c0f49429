"""The differences of two answers to the same rows."""

import numpy as np
import pytest

from baton_inference.shadow.counts.comparison import (
    compare_answers,
    count_on_grid,
    find_unusable_rows,
)
from baton_inference.shadow.counts.score_scales import ScoreScales
from baton_registry.versions.output_schema import Task
from baton_rollout.signals import GRID
from tests.support.fakes.task_models import OUTPUT_SCHEMAS, SCORES

MIDDLE = GRID.index(0.0)


def make_random() -> np.random.Generator:
    return np.random.default_rng(1)


def find_values(counts: np.ndarray) -> dict[float, int]:
    return {value: int(n) for value, n in zip(GRID, counts, strict=True) if n}


@pytest.mark.parametrize("task", OUTPUT_SCHEMAS)
def test_equal_answers_differ_in_nothing(task: Task) -> None:
    scales = ScoreScales({f"score_scale.{name}": 1.0 for name in ("value", "p10", "p90", "score")})
    scores = SCORES[task]
    found = compare_answers(OUTPUT_SCHEMAS[task], scores, scores, scales, make_random())
    assert (found.rows, found.other_labels) == (2, 0)
    assert all(find_values(counts) == {0.0: 2} for counts in found.scores.values())
    expected = {
        "binary": ["yes"],
        "multiclass": ["3", "1", "2"],
        "regression": ["value"],
        "quantiles": ["p10", "p90"],
        "anomaly": ["score"],
        "multilabel": ["a", "b"],
    }
    assert [*found.scores] == expected[task]


def test_probabilities_are_compared_as_they_are() -> None:
    production = {
        "label": np.array(["no", "yes"], object),
        "probabilities": np.array([[0.75, 0.25], [0.0, 1.0]], np.float32),
    }
    canary = {
        "label": np.array(["yes", "yes"], object),
        "probabilities": np.array([[0.25, 0.75], [0.5, 0.5]], np.float32),
    }
    found = compare_answers(
        OUTPUT_SCHEMAS["binary"], production, canary, ScoreScales({}), make_random()
    )
    assert found.other_labels == 1
    assert find_values(found.scores["yes"]) == {0.5: 1, -0.5: 1}


def test_values_are_compared_in_standard_deviations() -> None:
    """A difference over one of them counts as one."""
    production, canary = {"value": np.array([10.0, 10.0])}, {"value": np.array([15.0, -90.0])}
    found = compare_answers(
        OUTPUT_SCHEMAS["regression"],
        production,
        canary,
        ScoreScales({"score_scale.value": 10.0}),
        make_random(),
    )
    assert find_values(found.scores["value"]) == {0.5: 1, -1.0: 1}
    assert found.other_labels == 0


def test_values_without_a_scale_are_not_compared() -> None:
    scores = SCORES["quantiles"]
    found = compare_answers(
        OUTPUT_SCHEMAS["quantiles"],
        scores,
        scores,
        ScoreScales({"score_scale.p90": 1.0}),
        make_random(),
    )
    assert [*found.scores] == ["p90"]


def test_a_row_with_one_other_label_of_several_differs() -> None:
    production = SCORES["multilabel"]
    canary = {**production, "label": np.array([[1, 1], [0, 0]])}
    found = compare_answers(
        OUTPUT_SCHEMAS["multilabel"], production, canary, ScoreScales({}), make_random()
    )
    assert found.other_labels == 1


def test_rounding_to_the_grid_keeps_the_mean() -> None:
    differences = np.full(100_000, 0.013)
    counts = count_on_grid(differences, make_random())
    assert set(find_values(counts)) == {0.0, 0.05}
    assert float(counts @ np.array(GRID)) / 100_000 == pytest.approx(0.013, abs=0.0003)


@pytest.mark.parametrize("value", [*GRID])
def test_a_value_of_the_grid_stays(value: float) -> None:
    """Within the rounding of floats: then a neighbour is hit about never."""
    (found,) = find_values(count_on_grid(np.array([value]), make_random()))
    assert found == value


def test_nan_and_infinity_are_unusable() -> None:
    scores = {
        "label": np.array([1, 2, 3]),
        "probabilities": np.array([[0.5, 0.5], [np.nan, 0.5], [0.5, np.inf]], np.float32),
    }
    assert find_unusable_rows(scores).tolist() == [False, True, True]
    assert find_unusable_rows({"label": np.array(["a"], object)}).tolist() == [False]
