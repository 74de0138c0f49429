import pandas as pd

from baton_trainer.request import Columns
from baton_trainer.tables.columns import leaks
from baton_trainer.tables.files import csv_file
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import (
    ROWS,
    TARGET,
    as_file,
    make_features,
    make_text_target,
    some_table,
)


def test_rows_of_one_id_stay_together_with_a_note() -> None:
    """The note counts the ids; an id that is different in each row changes nothing."""
    names = [f"c{row % 150}" for row in range(400)]
    data = some_table(id=("customer",), more={"customer": names})
    assert data.held_out_by == "customer"
    assert pd.Series(data.held_out).groupby(names).nunique().max() == 1
    assert "'customer' has 150 distinct values in 400 rows" in data.notes[-1]
    each = some_table(id=("row",), more={"row": [f"r{row}" for row in range(400)]})
    assert (each.held_out_by, each.groups, each.notes) == ("", None, ())
    assert (each.held_out == some_table().held_out).all()


def test_copies_on_both_sides_give_a_warning() -> None:
    """The held-out metrics are too optimistic then."""
    copies = pd.DataFrame({"a": [0, 1, 2, 3] * 50, TARGET: ["x", "y", "x", "x"] * 50})
    table = build_table(as_file(copies), Columns(target=TARGET))
    line = "200 of 200 rows are copies of a few common rows;"
    assert any(each.startswith(line) for each in table.warnings)
    assert not any("copies" in each for each in some_table().warnings)


def test_many_columns_with_the_same_warning_are_counted() -> None:
    """Each role is counted on its own, so that an important warning is not lost."""
    many = pd.DataFrame({f"same {number}": "x" for number in range(300)}, index=range(ROWS))
    mixed = pd.Series([f"{row % 9}" for row in range(ROWS - 1)] + ["?"], name="mixed")
    result = some_table(more={**many, "mixed": mixed}).warnings
    assert sum("it has one value in all rows" in line for line in result) == leaks.MAX_NAMED
    assert any("280 more columns" in line and "constant" in line for line in result)
    assert any("'mixed' is read as text" in line for line in result)


def test_a_good_table_has_no_warnings() -> None:
    """Warnings stay rare."""
    assert some_table().warnings == ()


def test_a_word_of_the_file_is_quoted_unless_a_column_is_private() -> None:
    """The note about the encoding shows a word, which may be of any column."""
    frame = make_features().assign(street="Zürich", **{TARGET: make_text_target(make_features())})
    file = csv_file.parse(frame.drop(columns="prix (€)").to_csv(index=False).encode("cp1252"), "f")
    options = Columns(target=TARGET)
    assert build_table(file, options).notes == ("f: detected encoding cp1252 (e.g. 'Zürich')",)
    hidden = options.model_copy(update={"private": ("street",)})
    assert build_table(file, hidden).notes == ("f: detected encoding cp1252",)
