"""The numbers by which two versions are compared."""

from typing import get_args

import numpy as np
import pytest

from baton_engine.compared_scores import MAX_COMPARED, is_scaled, select_compared_scores
from baton_engine.engine import Scores
from baton_registry.versions.output_schema import OutputSchema, Task
from baton_rollout.json_values import MAX_OUTPUTS

TABLE = np.array([[0.25, 0.75], [0.5, 0.5]])
CLASSES = tuple(f"c{index}" for index in range(12))


@pytest.mark.parametrize(
    ("schema", "scores", "names", "first_row"),
    [
        (OutputSchema("binary", (False, True)), {"probabilities": TABLE}, ["True"], [0.75]),
        (
            OutputSchema("multiclass", CLASSES),
            {"probabilities": np.eye(12)},
            [*CLASSES[:10]],
            [1.0] + [0.0] * 9,
        ),
        (OutputSchema("regression"), {"value": np.array([12.5, 1])}, ["value"], [12.5]),
        (OutputSchema("quantiles", names=("p1", "p9")), {"value": TABLE}, ["p1", "p9"], TABLE[0]),
        (OutputSchema("anomaly"), {"score": np.array([0.5, 1])}, ["score"], [0.5]),
        (
            OutputSchema("multilabel", names=("a", "b")),
            {"probabilities": TABLE},
            ["a", "b"],
            TABLE[0],
        ),
    ],
    ids=lambda value: value.task if isinstance(value, OutputSchema) else "",
)
def test_numbers_have_the_names_of_classes_and_outputs(
    schema: OutputSchema, scores: Scores, names: list[str], first_row: list[float]
) -> None:
    """Of two classes the second, of many the first ten."""
    selected = select_compared_scores(schema, scores)
    assert [*selected] == names
    assert [values[0] for values in selected.values()] == [*first_row]
    [table] = scores.values()
    assert {values.shape for values in selected.values()} == {(len(table),)}


def test_only_numbers_with_a_unit_are_scaled() -> None:
    scaled = [task for task in get_args(Task) if is_scaled(OutputSchema(task))]
    assert scaled == ["regression", "quantiles", "anomaly"]


def test_as_many_are_compared_as_counts_may_name() -> None:
    """Replicas reject counts with more outputs."""
    assert MAX_COMPARED == MAX_OUTPUTS
