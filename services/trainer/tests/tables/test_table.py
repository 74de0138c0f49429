from typing import Any

import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables import table
from baton_trainer.tables.columns import leaks
from tests.support.trainer.tables import ROWS, TARGET, as_file, features, some_table, text_target


def validated(frame: pd.DataFrame, target: str = TARGET) -> table.Table:
    return table.build_table(as_file(frame, "t.csv"), Columns(target=target))


def good() -> pd.DataFrame:
    frame = features()
    return frame.assign(**{TARGET: text_target(frame)})


def test_the_schema_follows_the_columns() -> None:
    """Whole numbers are long, fractions double, texts string; a gap makes a column optional."""
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
def test_classes_have_the_targets_own_type_and_are_sorted(
    values: list[str], classes: tuple[object, ...]
) -> None:
    """Texts, whole numbers and booleans, two of them or more."""
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
def test_the_positive_class_is_the_wanted_one_or_the_second(
    target: list[object], wanted: str | None, positive: object
) -> None:
    """The order of the classes stays; of more than two none is positive."""
    found = some_table(target * (ROWS // len(target)), positive=wanted)
    assert (found.positive, type(found.positive)) == (positive, type(positive))
    assert found.classes == tuple(target)


@pytest.mark.parametrize(
    ("target", "wanted", "line"),
    [
        (["No", "Yes"], "yes", "no class 'yes' for --positive; the classes are 'No' and 'Yes'"),
        (["a", "b", "c", "d"], "a", "--positive a is for a target of two classes.* has 4"),
    ],
)
def test_a_positive_class_that_cannot_be_is_refused(
    target: list[str], wanted: str, line: str
) -> None:
    """One of two, spelt as in the table."""
    with pytest.raises(DataError, match=line):
        some_table(target * (ROWS // len(target)), positive=wanted)


def test_columns_are_left_out_by_name() -> None:
    """Ids as well as what the user does not want; no warning is needed."""
    found = some_table(drop=("flag", "label"), id=("whole",))
    assert not {"flag", "label", "whole"} & set(found.features)
    assert found.warnings == ()


@pytest.mark.parametrize("key", ["drop", "id"])
def test_what_is_left_out_must_be_there_and_not_be_the_target(key: str) -> None:
    """A typing error would leave the wrong column in."""
    for name, line in (
        ("flg", f"no column 'flg' for --{key} .columns: flag, gappy flag"),
        (TARGET, f"--{key} names the target, 'goal'"),
    ):
        wanted: dict[str, Any] = {key: (name,)}
        with pytest.raises(DataError, match=line):
            some_table(**wanted)


def test_rows_without_a_target_are_left_out_with_a_warning() -> None:
    """Whole-number classes stay whole although the column had gaps."""
    target = [str(row % 2) for row in range(ROWS)]
    target[3] = target[5] = " "
    found = some_table(target)
    assert len(found.features) == len(found.target) == len(found.held_out) == ROWS - 2
    assert found.classes == (0, 1)
    assert any("2 rows without a 'goal'" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ([f"id-{row}" for row in range(ROWS)], "an id"),
        ([f"street {row % 250}" for row in range(ROWS)], "an id"),
        (list(range(7, 7 + ROWS)), "a row number"),
        (["same"] * ROWS, "the same in every row"),
        ([""] * ROWS, "empty"),
    ],
)
def test_a_column_that_teaches_nothing_is_left_out_by_name(column: list[Any], reason: str) -> None:
    """Ids, row numbers, constants and empty columns: dropped, and the user is told."""
    found = validated(good().assign(odd=column))
    assert "odd" not in found.features
    assert [reason in line for line in found.warnings if "'odd'" in line] == [True]


def test_a_column_without_a_name_is_left_out() -> None:
    """Such as the index that pandas writes; there may be several."""
    found = validated(good().rename(columns={"whole": "", "label": ""}))
    assert ["it has no name" in line for line in found.warnings] == [True, True]


@pytest.mark.parametrize("words", [{"yes": "yes", "no": "no"}, {"yes": 1, "no": 0}])
def test_a_column_that_is_the_target_is_named_and_kept(words: dict[str, object]) -> None:
    """In the same words or in others; it is for the user to judge whether that is a leak."""
    frame = good()
    found = validated(frame.assign(leak=frame[TARGET].map(words)))
    assert "leak" in found.features
    assert any("'leak' says the same as the target 'goal'" in line for line in found.warnings)


def test_nothing_is_said_of_a_good_table() -> None:
    """Warnings are worth reading because they are rare."""
    assert validated(good()).warnings == ()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (good().head(0), "no rows"),
        (good().head(49), "49 usable rows; at least 50"),
        (good().rename(columns={TARGET: "other"}), "no column 'goal'.*--target.*flag, gappy flag"),
        (good().assign(**{TARGET: ""}), "every 'goal' is missing"),
        (good().assign(**{TARGET: "yes"}), "one class, 'yes'"),
        (good().assign(**{TARGET: features()["prix (€)"]}), "fractions"),
        (good().assign(**{TARGET: range(ROWS)}), "400 different values"),
        (good()[[TARGET]].assign(same=1), "no column is left.*'same' is left out"),
        (good().rename(columns={"whole": "flag"}), "more than one column is called 'flag'"),
        (good().assign(**{TARGET: ["rare"] + ["yes", "no", "no"] * 133}), "of class 'rare'"),
    ],
)
def test_a_table_that_cannot_be_trained_on_is_refused_in_one_line(
    frame: pd.DataFrame, message: str
) -> None:
    """Each reason is told with the file's name."""
    with pytest.raises(DataError, match=message) as caught:
        validated(frame)
    assert str(caught.value).startswith("t.csv: ")
    assert "\n" not in str(caught.value)


def test_the_real_table_trains_as_it_stands(real_table: pd.DataFrame) -> None:
    """Blank charges are gaps, the customer's id is left out, the target is Yes and No."""
    found = validated(real_table, "Churn")
    kinds = {each.name: each for each in found.columns}
    assert len(kinds) == 19
    assert (kinds["TotalCharges"].type, kinds["TotalCharges"].required) == ("double", False)
    assert [each.name for each in found.columns if not each.required] == ["TotalCharges"]
    assert found.classes == ("No", "Yes")
    assert len(found.warnings) == 1
    assert "'customerID'" in found.warnings[0]


def test_rows_of_one_id_stay_together_and_that_is_told() -> None:
    """In a line that says how many there are; an id that names each row changes nothing."""
    names = [f"c{row % 150}" for row in range(400)]
    data = some_table(id=("customer",), more={"customer": names})
    assert data.held_out_by == "customer"
    assert pd.Series(data.held_out).groupby(names).nunique().max() == 1
    assert "150 different 'customer' in 400 rows: those of one are" in data.notes[-1]
    each = some_table(id=("row",), more={"row": [f"r{row}" for row in range(400)]})
    assert (each.held_out_by, each.groups, each.notes) == ("", None, ())
    assert (each.held_out == some_table().held_out).all()


def test_copies_on_both_sides_are_told() -> None:
    """Figures that are kinder than the truth are not passed over."""
    few = pd.DataFrame({"a": [0, 1, 2, 3] * 50, TARGET: ["x", "y", "x", "x"] * 50})
    warned = [each for each in validated(few).warnings if "copies" in each]
    assert warned[0].startswith("200 of 200 rows are copies of a few;")
    assert not any("copies" in each for each in some_table().warnings)


def test_of_many_columns_with_a_warning_only_the_first_are_named() -> None:
    """Those of each role: one that matters is not lost among thousands that do not."""
    many = pd.DataFrame({f"same {number}": "x" for number in range(300)}, index=range(ROWS))
    mixed = pd.Series([f"{row % 9}" for row in range(ROWS - 1)] + ["?"], name="mixed")
    found = validated(pd.concat([good(), many, mixed], axis=1)).warnings
    assert sum("it says the same in every row" in line for line in found) == leaks.MAX_NAMED
    assert any("280 more columns" in line and "constant" in line for line in found)
    assert any("'mixed' is read as text" in line for line in found)
