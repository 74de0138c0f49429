from typing import Any

import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import (
    ROWS,
    TARGET,
    as_file,
    make_features,
    make_text_target,
    some_table,
)


def build(frame: pd.DataFrame, target: str = TARGET) -> Table:
    return build_table(as_file(frame, "t.csv"), Columns(target=target))


def good() -> pd.DataFrame:
    frame = make_features()
    return frame.assign(**{TARGET: make_text_target(frame)})


def test_the_schema_follows_the_columns() -> None:
    """Whole numbers are long, fractions double, texts string; a missing value makes it optional."""
    result = {each.name: (each.type, each.required) for each in some_table().columns}
    assert result == {
        "flag": ("boolean", True),
        "gappy flag": ("boolean", False),
        "prix (€)": ("double", True),
        "label": ("string", True),
        "gappy text": ("string", False),
        "whole": ("long", True),
        "gappy whole": ("double", False),
    }


def test_requested_columns_are_left_out() -> None:
    """`drop` and `id` need no warning."""
    result = some_table(drop=("flag", "label"), id=("whole",))
    assert not {"flag", "label", "whole"} & set(result.features)
    assert result.warnings == ()


@pytest.mark.parametrize("key", ["drop", "id"])
def test_a_column_to_leave_out_must_exist_and_not_be_the_target(key: str) -> None:
    """A typing error would otherwise keep the wrong column."""
    for name, line in (
        ("flg", f"no column 'flg' for --{key} .columns: flag, gappy flag"),
        (TARGET, f"--{key} names the target 'goal'"),
    ):
        options: dict[str, Any] = {key: (name,)}
        with pytest.raises(DataError, match=line):
            some_table(**options)


def test_rows_without_a_target_are_left_out_with_a_warning() -> None:
    """Whole-number classes stay whole although the column had missing values."""
    target = [str(row % 2) for row in range(ROWS)]
    target[3] = target[5] = " "
    result = some_table(target)
    assert len(result.features) == len(result.target) == len(result.held_out) == ROWS - 2
    assert result.classes == (0, 1)
    assert any("2 rows without a 'goal' value" in warning for warning in result.warnings)


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
    result = build(good().assign(useless=column))
    assert "useless" not in result.features
    assert [reason in line for line in result.warnings if "'useless'" in line] == [True]


def test_a_column_without_a_name_is_left_out() -> None:
    """Such as the index of a pandas frame; there may be several."""
    result = build(good().rename(columns={"whole": "", "label": ""}))
    assert ["it has no name" in line for line in result.warnings] == [True, True]


@pytest.mark.parametrize("words", [{"yes": "yes", "no": "no"}, {"yes": 1, "no": 0}])
def test_a_column_equal_to_the_target_is_kept_with_a_warning(words: dict[str, object]) -> None:
    """It may use other words; only the user can judge whether it is a leak."""
    frame = good()
    result = build(frame.assign(leak=frame[TARGET].map(words)))
    assert "leak" in result.features
    assert any("'leak' matches the target 'goal'" in line for line in result.warnings)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (good().head(0), "no rows"),
        (good().head(49), "only 49 rows have a value .* at least 50"),
        (good().rename(columns={TARGET: "other"}), "no column 'goal'.*--target.*flag, gappy flag"),
        (good().assign(**{TARGET: ""}), "'goal' is empty in every row"),
        (good().assign(**{TARGET: "yes"}), "only one class, 'yes'"),
        (good().assign(**{TARGET: [1, 2, 3, 4] * 100}), "--task classification or --task regr"),
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
    result = build(real_table, "Churn")
    columns = {each.name: each for each in result.columns}
    assert len(columns) == 19
    assert (columns["TotalCharges"].type, columns["TotalCharges"].required) == ("double", False)
    assert [each.name for each in result.columns if not each.required] == ["TotalCharges"]
    assert result.classes == ("No", "Yes")
    assert len(result.warnings) == 1
    assert "'customerID'" in result.warnings[0]
