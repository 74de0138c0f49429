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


def told(column: Any, target: "pd.Series[Any]" = TWO) -> list[str]:
    positive = "yes" if target is TWO else None
    return leaks.list_warnings(pd.DataFrame({"c": column, "noise": NOISE}), target, positive)


@pytest.mark.parametrize("column", [TWO, TWO == "yes", TWO.map({"yes": "left", "no": "stayed"})])
def test_the_target_in_the_same_or_other_words_is_named(column: Any) -> None:
    """With the way to leave it out."""
    (line,) = told(column)
    assert line.startswith("column 'c' says the same as the target 'y' in every row;")
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
def test_a_column_that_gives_the_target_away_is_named(
    column: Any, target: "pd.Series[Any]"
) -> None:
    """By a threshold, an interval, its categories, or by whether it is there at all."""
    (line,) = told(column, target)
    assert line.startswith("column 'c' alone gives the target 'y' away;")


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ((TWO == "yes") + 3 * NOISE, TWO),
        (pd.Series(range(ROWS)).astype(str), TWO),
        (np.where(NUMBER == 0, 0.0, 1 + NOISE), THREE),
        (TWO.where(RNG.random(ROWS) > 0.05, "no").astype(object), TWO),
    ],
)
def test_what_only_helps_is_not_named(column: Any, target: "pd.Series[Any]") -> None:
    """A good predictor, a different text in each row, one class of three told apart."""
    assert told(column, target) == []


def test_few_rows_of_a_class_prove_nothing() -> None:
    """A column of noise tells five rows from the others."""
    few = pd.Series(["no"] * 395 + ["yes"] * 5, name="y")
    assert told(pd.Series(range(ROWS)) + NOISE, few) == []


def test_a_column_that_repeats_another_is_named() -> None:
    """In the same or in other words; two measurements that never repeat a value are two."""
    tenth = NOISE.round(1)
    frame = pd.DataFrame({"a": NOISE, "b": NOISE + 1, "c": tenth, "d": tenth * 2, "e": NOISE})
    assert leaks.list_warnings(frame, TWO, "yes") == [
        "column 'd' says the same as column 'c' in every row",
        "column 'e' says the same as column 'a' in every row",
    ]


@pytest.mark.parametrize("digits", [1, 2, 4])
def test_random_columns_of_a_wide_table_repeat_nothing(digits: int) -> None:
    """Not where hardly two rows share a value, nor where columns have their gaps in common."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(160, 1_000)).round(digits)
    values[7] = np.nan
    frame = pd.DataFrame(values).rename(columns=str)
    target = pd.Series(rng.permutation(["ill", "well"] * 80), name="y")
    assert leaks.list_warnings(frame, target, "well") == []


def test_rare_marks_are_alike_by_chance() -> None:
    """Of three hundred columns with one mark each in fifty rows, many mark the same row."""
    marks = np.zeros((50, 300))
    marks[RNG.integers(50, size=300), np.arange(300)] = 1
    target = pd.Series(["a", "b"] * 25, name="y")
    assert leaks.list_warnings(pd.DataFrame(marks).rename(columns=str), target, "b") == []


def test_columns_that_repeat_each_other_among_many_are_named() -> None:
    """Texts for numbers, a copy of what is nearly unique, and a copy with gaps."""
    wide = pd.DataFrame(RNG.normal(size=(ROWS, 300))).rename(columns=str)
    few = pd.Series(RNG.integers(3, size=ROWS))
    wide = wide.assign(few=few, words=few.map({0: "x", 1: "y", 2: "z"}), copy=wide["17"].copy())
    wide.loc[3, ["18"]] = None
    wide = wide.assign(gap=wide["18"].copy())
    assert leaks.list_warnings(wide, TWO, "yes") == [
        "column 'words' says the same as column 'few' in every row",
        "column 'copy' says the same as column '17' in every row",
        "column 'gap' says the same as column '18' in every row",
    ]


def test_of_many_columns_only_the_first_are_named() -> None:
    """The others are counted in one line."""
    frame = pd.DataFrame({str(number): NOISE for number in range(500)})
    found = leaks.list_warnings(frame, TWO, "yes")
    assert len(found) == leaks.MAX_NAMED + 1
    assert "479 more columns" in found[-1]
