from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells, roles

ROWS = 400


def role_of(values: list[Any], name: str = "c", *, said_by_user: bool = False) -> roles.ColumnRole:
    """The role of a column of texts, repeated to `ROWS` rows."""
    texts = [str(values[row % len(values)]) for row in range(ROWS)]
    column = cells.convert(pd.Series(texts, dtype=object, name=name))
    return roles.detect_role(column, said_by_user=said_by_user)


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
def test_what_a_column_is_is_found_out(values: Any, role: str) -> None:
    """What is left out is told in a line that names it; what is used is not."""
    found = role_of(list(values))
    assert found.role == role
    assert found.is_feature is (role in ("number", "boolean", "category"))
    lines = [line for line in found.warnings if line.startswith("column 'c' is left out: ")]
    assert len(lines) == (0 if found.is_feature else 1)


def test_what_the_user_calls_it_counts() -> None:
    """Unless it says the same in every row."""
    keys = [f"k{row}" for row in range(ROWS)]
    assert role_of(keys, said_by_user=True).role == "category"
    assert role_of([20240131, 20240201], said_by_user=True).role == "number"
    assert role_of(["same"], said_by_user=True).role == "constant"


def test_a_column_without_a_name_is_told_as_that() -> None:
    """Not as a constant, which it need not be."""
    found = role_of([1, 2, 3], name="")
    assert (found.role, found.different, found.done) == ("unnamed", 3, "left out: it has no name")


def test_rare_categories_count_as_never_seen() -> None:
    """The most frequent are told apart; how much of the column that is, is told."""
    values = [f"city {row % 150}" for row in range(300)] + ["city 149"] * 100
    column = pd.Series(values, dtype=object, name="c")
    told_apart = roles.list_categories(column)
    assert len(told_apart) == roles.MAX_CATEGORIES
    assert told_apart == sorted(told_apart)
    assert "city 149" in told_apart
    (line,) = roles.detect_role(column).warnings
    assert "'c': the 100 most frequent of 150 texts are told apart, 75% of its cells" in line


def test_what_the_user_calls_a_number_must_be_one() -> None:
    """Codes with leading zeros may; the first cell that is none is named."""
    column = pd.Series(["007", None, "8"], dtype=object, name="c")
    numbers = roles.convert_to_number(column)
    assert numbers.tolist()[::2] == [7.0, 8.0]
    assert np.isnan(numbers[1])
    with pytest.raises(DataError, match="'c' cannot be a number: 'x' in row 3"):
        roles.convert_to_number(pd.Series(["7", None, "x"], dtype=object, name="c"))


def test_whole_numbers_at_the_ends_of_their_type_are_numbers() -> None:
    """The distance between the least and the greatest does not fit the type, and need not."""
    column = pd.Series([-(2**63), 2**63 - 1] * 200, dtype="int64", name="c")
    assert roles.detect_role(column, said_by_user=False).role == "number"
