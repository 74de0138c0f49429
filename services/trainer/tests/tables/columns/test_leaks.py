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
    return leaks.warnings(pd.DataFrame({"c": column, "noise": NOISE}), target, positive)


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
    assert leaks.warnings(frame, TWO, "yes") == [
        "column 'd' says the same as column 'c' in every row",
        "column 'e' says the same as column 'a' in every row",
    ]
