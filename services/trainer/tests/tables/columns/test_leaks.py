from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_trainer.tables.columns import leaks

ROWS = 400
RNG = np.random.default_rng(0)
TWO = pd.Series(np.where(RNG.random(ROWS) < 0.4, "yes", "no"), name="y")
THREE = pd.Series(RNG.choice(["a", "b", "c"], ROWS), name="y")
NUMBER = THREE.map({"a": 0.0, "b": 1.0, "c": 2.0})
NOISE = pd.Series(RNG.random(ROWS))


def list_warnings(column: Any, target: "pd.Series[Any]" = TWO) -> list[str]:
    positive = "yes" if target is TWO else None
    return leaks.list_warnings(pd.DataFrame({"c": column, "noise": NOISE}), target, positive)


@pytest.mark.parametrize("column", [TWO, TWO == "yes", TWO.map({"yes": "left", "no": "stayed"})])
def test_a_copy_of_the_target_gives_a_warning(column: Any) -> None:
    """It may use other words; the line says how to leave it out."""
    (line,) = list_warnings(column)
    assert line.startswith("column 'c' matches the target 'y' in every row;")
    assert line.endswith("--drop c")


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ((TWO == "yes") + NOISE / 2, TWO),
        (-((TWO == "yes") + NOISE / 2), TWO),
        (np.abs((TWO == "yes") * 5 + NOISE) * np.where(NOISE < 0.5, -1, 1), TWO),
        (TWO.where(TWO == "yes", None), TWO),
        (NOISE.where(TWO == "yes").round(1), TWO),
        (THREE + NOISE.round(0).astype(str), THREE),
        (NUMBER + NOISE / 2, THREE),
    ],
)
def test_a_leak_gives_a_warning(column: Any, target: "pd.Series[Any]") -> None:
    """A threshold, an interval, categories or missing values separate the classes."""
    (line,) = list_warnings(column, target)
    assert line.startswith("column 'c' alone predicts the target 'y' almost perfectly;")


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ((TWO == "yes") + 3 * NOISE, TWO),
        (pd.Series(range(ROWS)).astype(str), TWO),
        (np.where(NUMBER == 0, 0.0, 1 + NOISE), THREE),
        (TWO.where(RNG.random(ROWS) > 0.05, "no").astype(object), TWO),
    ],
)
def test_a_good_predictor_is_no_leak(column: Any, target: "pd.Series[Any]") -> None:
    """A distinct text in each row is not one, nor a column that separates one class of three."""
    assert list_warnings(column, target) == []


def test_few_rows_of_a_class_prove_nothing() -> None:
    """A column of noise can separate five rows from the others."""
    few = pd.Series(["no"] * 395 + ["yes"] * 5, name="y")
    assert list_warnings(pd.Series(range(ROWS)) + NOISE, few) == []


def test_a_repeated_column_gives_a_warning() -> None:
    """It may use other words; two measurements without equal values are not a repetition."""
    tenth = NOISE.round(1)
    frame = pd.DataFrame({"a": NOISE, "b": NOISE + 1, "c": tenth, "d": tenth * 2, "e": NOISE})
    assert leaks.list_warnings(frame, TWO, "yes") == [
        "column 'd' repeats column 'c' in every row",
        "column 'e' repeats column 'a' in every row",
    ]


@pytest.mark.parametrize("digits", [1, 2, 4])
def test_random_columns_of_a_wide_table_give_no_warning(digits: int) -> None:
    """Columns may share their missing values, and hardly two rows share a value."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(160, 1_000)).round(digits)
    values[7] = np.nan
    frame = pd.DataFrame(values).rename(columns=str)
    target = pd.Series(rng.permutation(["ill", "well"] * 80), name="y")
    assert leaks.list_warnings(frame, target, "well") == []


def test_rare_marks_may_be_equal_by_chance() -> None:
    """Among 300 columns with one mark each in 50 rows, many mark the same row."""
    marks = np.zeros((50, 300))
    marks[RNG.integers(50, size=300), np.arange(300)] = 1
    target = pd.Series(["a", "b"] * 25, name="y")
    assert leaks.list_warnings(pd.DataFrame(marks).rename(columns=str), target, "b") == []


def test_repeated_columns_of_a_wide_table_give_warnings() -> None:
    """Texts for numbers, a copy of nearly unique values, a copy with missing values."""
    wide = pd.DataFrame(RNG.normal(size=(ROWS, 300))).rename(columns=str)
    few = pd.Series(RNG.integers(3, size=ROWS))
    wide = wide.assign(few=few, words=few.map({0: "x", 1: "y", 2: "z"}), copy=wide["17"].copy())
    wide.loc[3, ["18"]] = None
    wide = wide.assign(again=wide["18"].copy())
    assert leaks.list_warnings(wide, TWO, "yes") == [
        "column 'words' repeats column 'few' in every row",
        "column 'copy' repeats column '17' in every row",
        "column 'again' repeats column '18' in every row",
    ]


def test_many_repeated_columns_are_counted() -> None:
    """Only the first are named."""
    frame = pd.DataFrame({str(number): NOISE for number in range(500)})
    result = leaks.list_warnings(frame, TWO, "yes")
    assert len(result) == leaks.MAX_NAMED + 1
    assert "479 more columns" in result[-1]
