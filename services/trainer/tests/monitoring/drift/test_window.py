"""The rows of the log, counted file by file."""

import pyarrow as pa
import pytest

from baton_trainer.errors import DataError
from baton_trainer.monitoring.drift.window import count_window
from baton_trainer.monitoring.profile import ColumnProfile, OutputProfile, Profile

PROFILE = Profile(
    rows=20,
    columns={
        "age": ColumnProfile(
            type="number", missing=0, edges=(40.0,), counts=(10, 10), min=18.0, max=90.0
        ),
        "plan": ColumnProfile(type="category", missing=0, categories={"a": 20}, other=0),
        "income": ColumnProfile(type="number", missing=5, private=True),
    },
    outputs={"label": OutputProfile(categories={"No": 4, "Yes": 1})},
)


def test_a_column_is_counted_only_in_the_files_that_have_it() -> None:
    """The columns to log may have changed in between: its other rows are not missing cells."""
    first = pa.table({"sampling": [1.0, 0.5], "f_age": [20, 50], "label": ["No", "Yes"]})
    second = pa.table({"sampling": [0.25], "f_age": [50], "f_plan": ["b"], "label": ["No"]})
    window = count_window([first, second], PROFILE)
    rows = {column.name: (column.rows, column.missing) for column in window.columns}
    assert rows == {"age": (3, 0.0), "plan": (1, 0.0), "label": (3, 0.0)}
    assert (window.rows, window.sampling, window.not_logged) == (3, (0.25, 1.0), ())


def test_columns_that_no_file_has_are_named() -> None:
    """Without private ones, which the log never has."""
    window = count_window([pa.table({"sampling": [1.0], "label": ["No"]})], PROFILE)
    assert window.not_logged == ("age", "plan")


def test_features_and_outputs_of_the_same_name_are_two_columns() -> None:
    profile = Profile(
        rows=2,
        columns={"label": ColumnProfile(type="category", missing=0, categories={"x": 2}, other=0)},
        outputs={"label": OutputProfile(categories={"No": 1})},
    )
    window = count_window([pa.table({"f_label": ["x"], "label": ["No"]})], profile)
    assert [(each.name, each.kind, each.rows_before) for each in window.columns] == [
        ("label", "column", 2),
        ("label", "output", 1),
    ]


def test_no_files_are_no_rows() -> None:
    """They do not say which columns are logged."""
    window = count_window([], PROFILE)
    assert (window.rows, window.sampling, window.columns) == (0, None, ())
    assert window.not_logged == ()


def test_texts_in_a_column_of_numbers_are_an_error() -> None:
    """A table of another model as the reference."""
    with pytest.raises(DataError, match=r"'age'.*another type"):
        count_window([pa.table({"f_age": ["twenty"]})], PROFILE)
