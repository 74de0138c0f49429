"""Fake models of each task, and a matrix as their schema."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Self

import numpy as np

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import OutputSchema, Task
from baton_registry.versions.schema import Column, Schema

OUTPUT_SCHEMAS: Mapping[Task, OutputSchema] = {
    "binary": OutputSchema("binary", ("no", "yes")),
    "multiclass": OutputSchema("multiclass", (3, 1, 2)),
    "regression": OutputSchema("regression"),
    "quantiles": OutputSchema("quantiles", names=("p10", "p90")),
    "anomaly": OutputSchema("anomaly"),
    "multilabel": OutputSchema("multilabel", names=("a", "b")),
}
SCORES: Mapping[Task, Scores] = {
    "binary": {
        "label": np.array(["no", "yes"], dtype=object),
        "probabilities": np.array([[0.75, 0.25], [0.1, 0.9]], np.float32),
    },
    "multiclass": {
        "label": np.array([3, 2]),
        "probabilities": np.array([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]], np.float32),
    },
    "regression": {"value": np.array([12.3, -1e300])},
    "quantiles": {"value": np.array([[1.5, 2.5], [0.1, 7.0]])},
    "anomaly": {"label": np.array([-1, 1]), "score": np.array([-0.12, 0.3])},
    "multilabel": {
        "label": np.array([[1, 0], [0, 0]]),
        "probabilities": np.array([[0.75, 0.25], [0.125, 0.5]], np.float32),
    },
}
"""Answers of two rows."""
MATRIX = Schema(tuple(Column(str(index), "double") for index in range(3)), is_matrix=True)
TENSOR = Schema(MATRIX.columns, is_matrix=True, is_tensor=True)
NAMED_TENSOR = Schema(MATRIX.columns, is_matrix=True, is_tensor=True, tensor_name="pixels")


class TaskModel:
    """Answers every row of any schema with the first row of `SCORES`."""

    name = "task"

    def __init__(self, task: Task) -> None:
        self.output_schema = OUTPUT_SCHEMAS[task]

    def score(self, columns: Mapping[str, Array]) -> Scores:
        return self._answer(len(next(iter(columns.values()))))

    def score_rows(self, rows: Rows) -> Scores:
        return self._answer(len(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        counts = [len(next(iter(p.values())) if isinstance(p, Mapping) else p) for p in parts]
        return self._answer(sum(counts))

    def make_stoppable(self) -> Self:
        return self

    def limit_time(self, limit_s: float) -> AbstractContextManager[Self]:
        return nullcontext(self)

    def stop(self) -> None:
        pass

    def _answer(self, rows: int) -> Scores:
        scores = SCORES[self.output_schema.task]
        return {name: np.repeat(values[:1], rows, axis=0) for name, values in scores.items()}
