"""Finds the rows that the model rejects, and predicts the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

MAX_REJECTED = 500
"""With more rejected rows than this, the table is not one for this model."""

Predict = Callable[[Any], "dict[str, Any]"]


def predict_accepted(predict: Predict, rows: Any) -> tuple[dict[str, Any], Any]:
    """Predicts all rows at once; if that fails, halves them until the rejected ones are alone.

    Args:
        predict: returns the answers for some rows, by name, shape `[rows, width]`; raises if the
            model rejects one, e.g. because of an unknown category.
        rows: a DataFrame or a matrix.

    Returns:
        The answers, NaN for a rejected row, and whether each row was accepted, shape `[rows]`.

    Raises:
        Exception: the model's own, if it rejects all rows, or more than `MAX_REJECTED`.
    """
    errors: list[Exception] = []
    parts = _predict(predict, rows, errors)
    accepted = np.concatenate([np.full(count, bool(part)) for count, part in parts])
    answered = [part for _, part in parts if part]
    if not answered:
        raise errors[0]
    widths = {name: values.shape[1] for name, values in answered[0].items()}
    answers = {name: np.full((len(accepted), width), np.nan) for name, width in widths.items()}
    for name, values in answers.items():
        values[accepted] = np.concatenate([part[name] for part in answered])
    return answers, accepted


def _predict(predict: Predict, rows: Any, errors: list[Exception]) -> list[tuple[int, Any]]:
    """Returns the number of rows and the answers of each part; no answers if it is rejected."""
    try:
        return [(len(rows), predict(rows))]
    except Exception as error:
        if len(rows) == 1:
            errors.append(error)
            if len(errors) > MAX_REJECTED:
                raise
            return [(1, {})]
        middle = len(rows) // 2
        first = _predict(predict, rows[:middle], errors)
        return first + _predict(predict, rows[middle:], errors)
