"""Rows taken out of the batches of requests."""

import numpy as np

from baton_inference.scoring.batch import ColumnBatch, RowBatch
from baton_inference.shadow.rows.cells import copy_row, read_cells, take_row
from tests.support.fakes.models import SCHEMA

ROWS = [(0.5, 1, "a"), (1.5, 2, None)]
COLUMNS = {
    "note": np.array(["a", ""], object),
    "x": np.array([[0.5], [np.nan]]),
    "n": np.array([1, 2]),
}


def test_a_row_of_rows() -> None:
    taken = take_row(RowBatch(2, ROWS), 1)
    assert taken.rows == 1
    assert read_cells(taken, SCHEMA) == (1.5, 2, None)


def test_a_row_of_columns_is_in_the_order_of_the_schema() -> None:
    """NaN is a missing value. A missing text is an empty one, also for the engine."""
    batch = ColumnBatch(2, COLUMNS)
    assert read_cells(take_row(batch, 0), SCHEMA) == (0.5, 1, "a")
    assert read_cells(take_row(batch, 1), SCHEMA) == (None, 2, "")
    assert [type(each) for each in read_cells(batch, SCHEMA)] == [float, int, str]


def test_a_row_does_not_keep_the_others_in_memory() -> None:
    taken = take_row(ColumnBatch(2, COLUMNS), 1)
    assert isinstance(taken, ColumnBatch)
    assert all(column.base is None for column in taken.columns.values())
    assert copy_row({"value": np.zeros((9, 2))}, 3)["value"].shape == (1, 2)
