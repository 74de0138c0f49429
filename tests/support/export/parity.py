"""Compares an exported graph with the model, row by row."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd

from baton_export import Candidate, ModelTask, describe_task, iter_candidates
from baton_export.inputs import InputMatrix, Inputs

BOUND = 1e-5
"""The largest difference of a probability, or of a value in standard deviations."""

_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(string)": object,
    "tensor(int64)": np.int64,
}


@dataclass(frozen=True)
class Difference:
    """How far a graph is from its model.

    Attributes:
        labels: the number of rows with another label.
        greatest: the greatest difference of a probability, score, or of a value in standard
            deviations.
    """

    labels: int
    greatest: float

    @property
    def is_none(self) -> bool:
        """Whether both are the same model."""
        return not self.labels and self.greatest <= BOUND


def find_same(model: Any, inputs: Inputs, rows: pd.DataFrame) -> Candidate | None:
    """Returns the first candidate that answers as the model does; None if each differs."""
    for candidate in iter_candidates(model, inputs):
        with suppress(Exception):  # ONNX Runtime's errors have no common base
            if measure(model, candidate, inputs, rows).is_none:
                return candidate
    return None


def measure(
    model: Any, candidate: Candidate, inputs: Inputs, rows: pd.DataFrame | np.ndarray
) -> Difference:
    """Compares a graph with the model on rows, given to the graph as the service gives them."""
    session = start_session(candidate.onnx)
    answers = session.run(None, feed(session, inputs, rows))
    found = dict(zip((each.name for each in session.get_outputs()), answers, strict=True))
    task = describe_task(model)
    assert tuple(found) == task.outputs
    labels, greatest = 0, 0.0
    for name, truth in _iter_truth(model, task, rows):
        answer = found[name]
        assert answer.shape == truth.shape, (name, answer.shape, truth.shape)
        if name == "label":
            labels = int((answer != truth).reshape(len(rows), -1).any(axis=1).sum())
        else:
            spread = float(np.std(truth)) or 1.0 if name == "value" else 1.0
            difference = np.abs(answer.astype(float) - truth) / spread
            greatest = max(greatest, float(difference.max())) if len(rows) else greatest
            greatest = float("inf") if np.isnan(difference).any() else greatest
    return Difference(labels, greatest)


def start_session(model: bytes) -> ort.InferenceSession:
    """Opens a graph with one thread, as the service does."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def feed(session: Any, inputs: Inputs, rows: pd.DataFrame | np.ndarray) -> dict[str, Any]:
    """Builds the inputs of a graph: a missing text is "", a missing number NaN."""
    types = {each.name: _TYPES[each.type] for each in session.get_inputs()}
    if isinstance(inputs, InputMatrix):
        return {name: np.asarray(rows).astype(dtype) for name, dtype in types.items()}
    columns = {}
    for name, dtype in types.items():
        column = rows[name].astype(object) if dtype is object else rows[name]
        cells = column.where(column.notna(), "") if dtype is object else column
        columns[name] = cells.to_numpy(dtype=object if dtype is object else None)
        columns[name] = columns[name].astype(dtype).reshape(-1, 1)
    return columns


def _iter_truth(model: Any, task: ModelTask, rows: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Yields the model's own answers by the name of the output."""
    predictions = np.asarray(model.predict(rows))
    if task.outputs == ("value",):
        yield "value", predictions.reshape(len(rows), -1).astype(float)
        return
    is_text = predictions.dtype.kind in "OUS"
    labels = predictions.astype(object) if is_text else predictions.astype(np.int64)
    yield "label", labels.reshape(len(rows), -1) if task.names else labels.reshape(-1)
    if task.task == "anomaly":
        yield "score", np.asarray(model.decision_function(rows)).reshape(-1)
    elif task.has_probabilities:
        found = model.predict_proba(rows)
        if isinstance(found, list):
            found = np.stack([each[:, 1] for each in found], axis=1)
        yield "probabilities", np.asarray(found)
