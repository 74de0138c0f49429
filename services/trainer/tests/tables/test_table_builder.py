from typing import Any

import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.columns import leaks
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import ROWS, TARGET, as_file, features, some_table, text_target


def build(frame: pd.DataFrame, target: str = TARGET) -> Table:
    return build_table(as_file(frame, "t.csv"), Columns(target=target))


def good() -> pd.DataFrame:
    frame = features()
    return frame.assign(**{TARGET: text_target(frame)})


def test_the_schema_follows_the_columns() -> None:
    """Whole numbers are long, fractions double, texts string; a missing value makes it optional."""
    found = {each.name: (each.type, each.required) for each in some_table().columns}
    assert found == {
        "flag": ("boolean", True),
        "gappy flag": ("boolean", False),
        "prix (€)": ("double", True),
        "label": ("string", True),
        "gappy text": ("string", False),
        "whole": ("long", True),
        "gappy whole": ("double", False),
    }


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["No", "Yes"], ("No", "Yes")),
        (["0", "1"], (0, 1)),
        (["3.0", "7.0"], (3, 7)),
        (["False", "true"], (False, True)),
        (["a", "b", "c"], ("a", "b", "c")),
        (["10", "9"], (9, 10)),
    ],
)
def test_classes_are_sorted_and_have_the_type_of_the_target(
    values: list[str], classes: tuple[object, ...]
) -> None:
    """Texts, whole numbers and booleans, two or more classes."""
    target = [values[row % len(values)] for row in range(ROWS)]
    found = some_table(target).classes
    assert found == classes
    assert [type(label) for label in found] == [type(label) for label in classes]


@pytest.mark.parametrize(
    ("target", "wanted", "positive"),
    [
        (["No", "Yes"], None, "Yes"),
        (["No", "Yes"], "No", "No"),
        ([0, 1], None, 1),
        ([0, 1], "0", 0),
        ([False, True], "false", False),
        (["a", "b", "c", "d"], None, None),
    ],
)
def test_the_positive_class_is_the_requested_one_or_the_second(
    target: list[object], wanted: str | None, positive: object
) -> None:
    """The order of the classes stays; with more than two, none is positive."""
    found = some_table(target * (ROWS // len(target)), positive=wanted)
    assert (found.positive, type(found.positive)) == (positive, type(positive))
    assert found.classes == tuple(target)


@pytest.mark.parametrize(
    ("target", "wanted", "line"),
    [
        (["No", "Yes"], "yes", "--positive 'yes' is not a class; the classes are 'No' and 'Yes'"),
        (["a", "b", "c", "d"], "a", "--positive a needs a target with two classes.* has 4"),
    ],
)
def test_an_impossible_positive_class_is_rejected(
    target: list[str], wanted: str, line: str
) -> None:
    """It must be one of two classes, spelt as in the table."""
    with pytest.raises(DataError, match=line):
        some_table(target * (ROWS // len(target)), positive=wanted)


def test_requested_columns_are_left_out() -> None:
    """`drop` and `id` need no warning."""
    found = some_table(drop=("flag", "label"), id=("whole",))
    assert not {"flag", "label", "whole"} & set(found.features)
    assert found.warnings == ()


@pytest.mark.parametrize("key", ["drop", "id"])
def test_a_column_to_leave_out_must_exist_and_not_be_the_target(key: str) -> None:
    """A typing error would otherwise keep the wrong column."""
    for name, line in (
        ("flg", f"no column 'flg' for --{key} .columns: flag, gappy flag"),
        (TARGET, f"--{key} names the target 'goal'"),
    ):
        wanted: dict[str, Any] = {key: (name,)}
        with pytest.raises(DataError, match=line):
            some_table(**wanted)


def test_rows_without_a_target_are_left_out_with_a_warning() -> None:
    """Whole-number classes stay whole although the column had missing values."""
    target = [str(row % 2) for row in range(ROWS)]
    target[3] = target[5] = " "
    found = some_table(target)
    assert len(found.features) == len(found.target) == len(found.held_out) == ROWS - 2
    assert found.classes == (0, 1)
    assert any("2 rows without a 'goal' value" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ([f"id-{row}" for row in range(ROWS)], "an id"),
        ([f"street {row % 250}" for row in range(ROWS)], "an id"),
        (list(range(7, 7 + ROWS)), "a row number"),
        (["same"] * ROWS, "one value in all rows"),
        ([""] * ROWS, "empty"),
    ],
)
def test_a_useless_column_is_left_out_with_a_warning(column: list[Any], reason: str) -> None:
    """Ids, row numbers, constants and empty columns."""
    found = build(good().assign(useless=column))
    assert "useless" not in found.features
    assert [reason in line for line in found.warnings if "'useless'" in line] == [True]


def test_a_column_without_a_name_is_left_out() -> None:
    """Such as the index of a pandas frame; there may be several."""
    found = build(good().rename(columns={"whole": "", "label": ""}))
    assert ["it has no name" in line for line in found.warnings] == [True, True]


@pytest.mark.parametrize("words", [{"yes": "yes", "no": "no"}, {"yes": 1, "no": 0}])
def test_a_column_equal_to_the_target_is_kept_with_a_warning(words: dict[str, object]) -> None:
    """In the same words or in others; only the user can judge whether it is a leak."""
    frame = good()
    found = build(frame.assign(leak=frame[TARGET].map(words)))
    assert "leak" in found.features
    assert any("'leak' matches the target 'goal'" in line for line in found.warnings)


def test_a_good_table_has_no_warnings() -> None:
    """Warnings stay rare."""
    assert build(good()).warnings == ()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (good().head(0), "no rows"),
        (good().head(49), "only 49 rows have a value .* at least 50"),
        (good().rename(columns={TARGET: "other"}), "no column 'goal'.*--target.*flag, gappy flag"),
        (good().assign(**{TARGET: ""}), "'goal' is empty in every row"),
        (good().assign(**{TARGET: "yes"}), "only one class, 'yes'"),
        (good().assign(**{TARGET: features()["prix (€)"]}), "fractions"),
        (good().assign(**{TARGET: range(ROWS)}), "400 distinct values"),
        (good()[[TARGET]].assign(same=1), "no column is left.*'same' is left out"),
        (good().rename(columns={"whole": "flag"}), "more than one column is called 'flag'"),
        (good().assign(**{TARGET: ["rare"] + ["yes", "no", "no"] * 133}), "of class 'rare'"),
    ],
)
def test_an_unusable_table_is_rejected_with_one_line(frame: pd.DataFrame, message: str) -> None:
    """The line begins with the file's name."""
    with pytest.raises(DataError, match=message) as caught:
        build(frame)
    assert str(caught.value).startswith("t.csv: ")
    assert "\n" not in str(caught.value)


def test_the_real_table_is_valid_without_options(real_table: pd.DataFrame) -> None:
    """Blank charges are missing, the customer's id is left out, the target is Yes and No."""
    found = build(real_table, "Churn")
    columns = {each.name: each for each in found.columns}
    assert len(columns) == 19
    assert (columns["TotalCharges"].type, columns["TotalCharges"].required) == ("double", False)
    assert [each.name for each in found.columns if not each.required] == ["TotalCharges"]
    assert found.classes == ("No", "Yes")
    assert len(found.warnings) == 1
    assert "'customerID'" in found.warnings[0]


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
    """The held-out figures are too optimistic then."""
    few = pd.DataFrame({"a": [0, 1, 2, 3] * 50, TARGET: ["x", "y", "x", "x"] * 50})
    warned = [each for each in build(few).warnings if "copies" in each]
    assert warned[0].startswith("200 of 200 rows are copies of a few common rows;")
    assert not any("copies" in each for each in some_table().warnings)


def test_many_columns_with_the_same_warning_are_counted() -> None:
    """Each role is counted on its own, so that an important warning is not lost."""
    many = pd.DataFrame({f"same {number}": "x" for number in range(300)}, index=range(ROWS))
    mixed = pd.Series([f"{row % 9}" for row in range(ROWS - 1)] + ["?"], name="mixed")
    found = build(pd.concat([good(), many, mixed], axis=1)).warnings
    assert sum("it has one value in all rows" in line for line in found) == leaks.MAX_NAMED
    assert any("280 more columns" in line and "constant" in line for line in found)
    assert any("'mixed' is read as text" in line for line in found)
