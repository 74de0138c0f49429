"""Arrow tables to columns."""

import numpy as np
import pytest

from baton_engine.tables.values import Texts, Values
from baton_inference.errors import InvalidRows
from baton_inference.protocols.arrow.columnar import ArrowTable
from tests.support.fakes.models import SCHEMA

GOOD: dict[str, Values] = {
    "x": np.array([0.5, 1.5]),
    "n": np.array([1, 2]),
    "note": Texts(["a"], np.zeros(2, np.int32)),
}


def test_a_table_becomes_a_batch() -> None:
    """The columns have the schema's order and types."""
    batch = ArrowTable(2, {**GOOD, "n": np.array([1.0, 2.0])}).to_batch(SCHEMA)
    assert batch.rows == 2
    assert [(name, array.dtype.kind) for name, array in batch.columns.items()] == [
        ("x", "f"),
        ("n", "i"),
        ("note", "O"),
    ]


def test_an_optional_column_may_be_absent() -> None:
    """Its values are missing values."""
    batch = ArrowTable(2, {"x": GOOD["x"], "n": GOOD["n"]}).to_batch(SCHEMA)
    assert batch.columns["note"].tolist() == ["", ""]


def test_every_bad_cell_is_named() -> None:
    """The error names a missing column and bad cells together, in the order of the rows."""
    with pytest.raises(InvalidRows) as caught:
        ArrowTable(2, {"n": np.array([1, 1.5]), "note": np.array([1, 2])}).to_batch(SCHEMA)
    assert [(cell.row, cell.column, cell.message) for cell in caught.value.cells] == [
        (0, "x", "is missing"),
        (0, "note", "must be text; the column holds numbers"),
        (1, "n", "must be a whole number, not a fraction"),
    ]


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(InvalidRows, match="no rows"):
        ArrowTable(0, {}).to_batch(SCHEMA)
