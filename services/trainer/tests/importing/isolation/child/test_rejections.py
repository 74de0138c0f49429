"""Rows that the model rejects are found, and the others are predicted."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from baton_trainer.importing.isolation.child.rejections import MAX_REJECTED, predict_accepted

calls: list[int] = []


def double(rows: pd.DataFrame | NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Rejects negative numbers, as an encoder rejects unknown categories."""
    values = np.asarray(rows, np.float64)
    calls.append(len(values))
    if (values < 0).any():
        raise ValueError(f"unknown category {values.min()}")
    return {"value": 2 * values}


@pytest.mark.parametrize("as_table", [True, False])
def test_rejected_rows_are_missing(*, as_table: bool) -> None:
    values = np.array([[1.0], [-1.0], [2.0], [3.0], [-4.0]])
    rows = pd.DataFrame(values) if as_table else values
    answers, accepted = predict_accepted(double, rows)
    np.testing.assert_array_equal(answers["value"][:, 0], [2, np.nan, 4, 6, np.nan])
    assert accepted.tolist() == [True, False, True, True, False]


def test_rows_that_are_all_accepted_are_predicted_once() -> None:
    calls.clear()
    answers, accepted = predict_accepted(double, np.ones((1_000, 1)))
    assert calls == [1_000]
    assert accepted.all()
    assert len(answers["value"]) == 1_000


def test_the_models_own_error_is_raised_if_it_rejects_too_many() -> None:
    with pytest.raises(ValueError, match="unknown category"):
        predict_accepted(double, np.full((3, 1), -1.0))
    mixed = np.concatenate([np.ones((1, 1)), np.full((MAX_REJECTED + 1, 1), -1.0)])
    with pytest.raises(ValueError, match="unknown category"):
        predict_accepted(double, mixed)
