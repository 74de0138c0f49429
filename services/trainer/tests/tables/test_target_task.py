from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import Columns, TargetTask
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.tables import ROWS, TARGET, as_file, make_features, some_table

AMOUNTS = np.random.default_rng(0).normal(50, 9, ROWS)


@pytest.mark.parametrize(
    ("target", "task"),
    [
        (AMOUNTS, "regression"),
        (np.arange(ROWS) % 51, "regression"),
        (np.arange(ROWS) % 2, "classification"),
        (["1", "0", "", "1"] * 100, "classification"),
        (["a", "b", "c", "d"] * 100, "classification"),
        ([True, False] * 200, "classification"),
        ([0.5, 1.0, 1.5, 2.0] * 100, "regression"),
    ],
)
def test_task_is_detected_from_the_target(target: object, task: TargetTask) -> None:
    """Fractions and many whole numbers are amounts."""
    table = some_table(target, task=None)
    assert table.output_schema.is_classifier is (task == "classification")
    assert (table.target.dtype == np.float64) is (task == "regression")


@pytest.mark.parametrize("distinct", [3, 9])
def test_few_whole_numbers_need_the_task(distinct: int) -> None:
    """One line names both answers; either is accepted."""
    target = np.arange(ROWS) % distinct
    with pytest.raises(DataError, match="--task classification or --task regression") as caught:
        some_table(target, task=None)
    assert f"'goal' has {distinct} different whole numbers (0, 1, …)" in str(caught.value)
    assert some_table(target, task="regression").classes == ()
    assert some_table(target, task="classification").classes == tuple(range(distinct))


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (["yes", "no"] * 200, {}, "not a column of numbers.*'yes'.*--task classification"),
        ([True, False] * 200, {}, "not a column of numbers"),
        ([3] * ROWS, {}, "'goal' is 3 in every row"),
        ([*AMOUNTS[1:], 1e39], {}, "too large for a model"),
        (AMOUNTS, {"positive": "1"}, "--positive 1 needs a target with two classes"),
        ([*([0] * (ROWS - 1)), 1.5], {}, "rows do not have different values"),
    ],
)
def test_target_that_is_no_amount_is_rejected(
    target: object, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        some_table(target, task="regression", **options)


def test_fractions_are_no_classes() -> None:
    with pytest.raises(DataError, match="has fractions"):
        some_table(AMOUNTS, task="classification")


def test_decimal_commas_are_amounts() -> None:
    """Also if only the target has them; the labels of classes stay as they are."""
    frame = make_features()[["label", "whole"]]
    frame[TARGET] = [f"{value:.2f}".replace(".", ",") for value in AMOUNTS]
    table = build_table(as_file(frame), Columns(target=TARGET))
    assert table.target.to_numpy() == pytest.approx(AMOUNTS.round(2))
    few = frame.assign(**{TARGET: ["1,5", "2,5"] * 200})
    classes = build_table(as_file(few), Columns(target=TARGET), "classification").classes
    assert classes == ("1,5", "2,5")


def build(**columns: Any) -> Table:
    frame = make_features()[["label", "whole"]].assign(**columns)
    return build_table(as_file(frame.assign(**{TARGET: AMOUNTS})), Columns(target=TARGET))


@pytest.mark.parametrize(
    ("column", "line"),
    [
        (AMOUNTS, "column 'more' matches the target 'goal' in every row"),
        (np.exp(AMOUNTS / 9), "column 'more' alone predicts the target 'goal'"),
        (AMOUNTS * -2 + 7, "column 'more' alone predicts the target 'goal'"),
    ],
)
def test_leak_is_reported(column: object, line: str) -> None:
    """The target itself, and whatever follows it in a line or in order."""
    assert any(each.startswith(line) for each in build(more=column).warnings)


def test_category_that_explains_the_target_is_a_leak() -> None:
    names = pd.Series(AMOUNTS // 20).map("from {:.0f}".format)
    frame = make_features()[["whole"]].assign(more=names)
    frame[TARGET] = AMOUNTS // 20 + 1e-3 * np.random.default_rng(1).normal(size=ROWS)
    warnings = build_table(as_file(frame), Columns(target=TARGET)).warnings
    assert any("'more' alone predicts" in each for each in warnings)


def test_ordinary_columns_are_no_leaks() -> None:
    """Columns of different numbers in every row do not match each other."""
    noisy = AMOUNTS + np.random.default_rng(1).normal(0, 4, ROWS)
    assert not any("target" in each for each in build(more=noisy).warnings)
