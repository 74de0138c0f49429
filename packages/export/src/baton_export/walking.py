"""Visits the estimators inside an estimator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


def iter_estimators(model: Any) -> Iterator[Any]:
    """Yields the model and all estimators in it, each once: steps, members, templates."""
    seen: set[int] = set()
    open_values = [model]
    while open_values:
        value = open_values.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, BaseEstimator):
            yield value
            open_values += vars(value).values()
        elif isinstance(value, dict):
            open_values += value.values()
        elif isinstance(value, (list, tuple)) or _holds_objects(value):
            open_values += list(value)
        elif hasattr(value, "__dict__") and type(value).__module__.startswith("sklearn."):
            open_values += vars(value).values()  # such as the members of CalibratedClassifierCV


def _holds_objects(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 1
