from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells, roles

ROWS = 400


def role_of(values: list[Any], name: str = "c", *, is_requested: bool = False) -> roles.ColumnRole:
    """The role of a column of texts, repeated to `ROWS` rows."""
    texts = [str(values[row % len(values)]) for row in range(ROWS)]
    column = cells.convert(pd.Series(texts, dtype=object, name=name))
    return roles.detect_role(column, is_requested=is_requested)


@pytest.mark.parametrize(
    ("values", "role"),
    [
        ([1, 2, 3], "number"),
        ([0.5, 1.5, ""], "number"),
        (["a", "b", ""], "category"),
        (["Yes", "No"], "category"),
        (["true", "false"], "boolean"),
        (["007", "010"], "category"),
        (["2024-01-31", "2024-02-01"], "date"),
        ([20240131, 20240201], "date"),
        ([f"k{row}" for row in range(ROWS)], "id"),
        (range(5, 5 + ROWS), "id"),
        ([f"the customer called {row} times" for row in range(ROWS)], "text"),
        ([f"case {row % 150} was closed by us" for row in range(ROWS)], "text"),
        (["same"], "constant"),
        ([""], "constant"),
    ],
)
def test_the_role_of_a_column_is_detected(values: Any, role: str) -> None:
    """A column that is left out has one line that says so."""
    result = role_of(list(values))
    assert result.role == role
    assert result.is_feature is (role in ("number", "boolean", "category"))
    lines = [line for line in result.warnings if line.startswith("column 'c' is left out: ")]
    assert len(lines) == (0 if result.is_feature else 1)


def test_a_requested_role_is_used() -> None:
    """A column with a single value is left out."""
    keys = [f"k{row}" for row in range(ROWS)]
    assert role_of(keys, is_requested=True).role == "category"
    assert role_of([20240131, 20240201], is_requested=True).role == "number"
    assert role_of(["same"], is_requested=True).role == "constant"


def test_a_column_without_a_name_is_unnamed() -> None:
    """Whatever its values are."""
    result = role_of([1, 2, 3], name="")
    assert (result.role, result.distinct, result.usage) == (
        "unnamed",
        3,
        "left out: it has no name",
    )


def test_rare_categories_count_as_unseen() -> None:
    """Only the most frequent are categories; the line says how many cells they cover."""
    values = [f"city {row % 150}" for row in range(300)] + ["city 149"] * 100
    column = pd.Series(values, dtype=object, name="c")
    kept = roles.list_categories(column)
    assert len(kept) == roles.MAX_CATEGORIES
    assert kept == sorted(kept)
    assert "city 149" in kept
    (line,) = roles.detect_role(column).warnings
    assert "'c': only the 100 most frequent of 150 texts are categories (75% of its cells)" in line


def test_a_requested_number_must_be_a_number() -> None:
    """Leading zeros are allowed; the error names the first other cell."""
    column = pd.Series(["007", None, "8"], dtype=object, name="c")
    numbers = roles.convert_to_number(column)
    assert numbers.tolist()[::2] == [7.0, 8.0]
    assert np.isnan(numbers[1])
    with pytest.raises(DataError, match="'c' cannot be a number: 'x' in row 3"):
        roles.convert_to_number(pd.Series(["7", None, "x"], dtype=object, name="c"))


def test_whole_numbers_at_the_limits_of_their_type_are_numbers() -> None:
    """Their range does not fit the type."""
    column = pd.Series([-(2**63), 2**63 - 1] * 200, dtype="int64", name="c")
    assert roles.detect_role(column, is_requested=False).role == "number"
