"""Asks the model for its answers, as a user would."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from baton_trainer.importing.isolation.child.errors import NotImportable


def predict(model: Any, task: Any, rows: Any) -> dict[str, Any]:
    """Predicts the rows.

    Args:
        model: the model.
        task: what `baton_export.describe_task` says.
        rows: a DataFrame or a matrix.

    Returns:
        By the name of the output: see `Conversion.answers`.
    """
    if is_booster(model):
        return _predict_booster(model, task, rows)
    if task.task in ("regression", "quantiles"):
        return {"value": to_matrix(model.predict(rows))}
    if task.task == "anomaly":
        labels = to_matrix(model.predict(rows))
        return {"label": labels, "score": to_matrix(model.decision_function(rows))}
    labels = _predict_labels(model, task, rows)
    return {"label": labels, "probabilities": _join(model.predict_proba(rows))}


def check_served(model: Any, task: Any) -> None:
    """Raises `NotImportable` for a classifier that has no probabilities, which inference needs."""
    if not task.has_probabilities:
        name = type(getattr(model, "steps", [("", model)])[-1][1]).__name__
        raise NotImportable(f"{name} has no predict_proba; wrap it in CalibratedClassifierCV")


def is_booster(model: Any) -> bool:
    """Whether this is a native Booster, whose `predict` answers numbers only."""
    return type(model).__name__ == "Booster"


def find_classes(labels: Any, classes: Sequence[Any]) -> Any:
    """Converts labels to indices of the classes, shape `[rows, 1]`."""
    indices = {label: index for index, label in enumerate(classes)}
    texts = {str(label): index for index, label in enumerate(classes)}
    # CatBoost answers booleans as texts.
    found = [indices.get(each, texts.get(str(each), -1)) for each in np.ravel(labels).tolist()]
    if -1 in found:
        raise NotImportable("the model predicts labels that are not among its classes")
    return to_matrix(found)


def to_matrix(values: Any) -> Any:
    """Converts to float64, shape `[rows, width]`."""
    array = np.asarray(values, dtype=np.float64)
    return array.reshape(len(array), -1)


def _predict_labels(model: Any, task: Any, rows: Any) -> Any:
    labels = model.predict(rows)
    return to_matrix(labels) if task.task == "multilabel" else find_classes(labels, task.classes)


def _join(probabilities: Any) -> Any:
    """Of a list, one matrix per label, takes the column of the label's presence."""
    if isinstance(probabilities, list):
        return np.column_stack([np.asarray(each)[:, -1] for each in probabilities])
    return to_matrix(probabilities)


def _predict_booster(model: Any, task: Any, rows: Any) -> dict[str, Any]:
    if type(model).__module__.startswith("xgboost."):
        rows = sys.modules["xgboost"].DMatrix(rows)
    answer = to_matrix(model.predict(rows))
    if not task.classes:
        return {"value": answer}
    both = np.column_stack([1 - answer, answer]) if task.task == "binary" else answer
    return {"label": to_matrix(both.argmax(axis=1)), "probabilities": both}
