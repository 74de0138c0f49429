"""When two models count as the same."""

import numpy as np
import pytest

from baton_trainer.importing.comparison.agreement import (
    TOLERANCE,
    Agreement,
    compare_answers,
    measure_units,
)
from baton_trainer.importing.comparison.answers import Answers, Floats

ROWS = 6


def classify(label: int = 1, probability: float = 0.75) -> Answers:
    """Six rows of the class 1, whose last row is as given."""
    probabilities = np.tile([0.25, 0.75], (ROWS, 1))
    labels = np.ones((ROWS, 1))
    labels[-1], probabilities[-1] = label, (1 - probability, probability)
    return Answers({"label": labels, "probabilities": probabilities})


def predict(*changes: float) -> Answers:
    """Six numbers with a standard deviation of 1,000; the last rows differ by `changes`."""
    values = np.array([1e6 - 1000, 1e6 + 1000] * (ROWS // 2), np.float64).reshape(-1, 1)
    if changes:
        values[-len(changes) :, 0] += changes
    return Answers({"value": values})


def reject(answers: Answers, row: int) -> Answers:
    """The same answers, without one for a row."""
    outputs = {name: values.copy() for name, values in answers.outputs.items()}
    for values in outputs.values():
        values[row] = np.nan
    return Answers(outputs)


def compare(one: Answers, other: Answers, file_rows: int = ROWS) -> Agreement:
    return compare_answers(one, other, file_rows)


def test_equal_answers_agree() -> None:
    agreement = compare(classify(), classify())
    assert agreement.holds
    assert (agreement.flips, agreement.max_difference, agreement.rows) == (0, 0.0, ROWS)


def test_probabilities_may_differ_by_the_tolerance() -> None:
    assert compare(classify(), classify(probability=0.75 + 0.9 * TOLERANCE)).holds
    agreement = compare(classify(), classify(probability=0.75 + 1.1 * TOLERANCE))
    assert agreement.different.tolist() == [ROWS - 1]
    assert agreement.max_difference == pytest.approx(1.1 * TOLERANCE)
    assert agreement.flips == 0


def test_another_label_is_a_difference_however_close_the_probabilities_are() -> None:
    agreement = compare(classify(label=1), classify(label=0))
    assert agreement.different.tolist() == [ROWS - 1]
    assert (agreement.flips, agreement.max_difference) == (1, 0.0)


def test_values_differ_in_units_of_their_standard_deviation() -> None:
    """An absolute bound would refuse money and accept shares."""
    assert compare(predict(), predict(0.009)).holds
    agreement = compare(predict(), predict(0.011))
    assert agreement.different.tolist() == [ROWS - 1]
    assert agreement.max_difference == pytest.approx(1.1e-5)


def test_the_units_are_those_of_the_file_not_of_generated_rows() -> None:
    """A generated row at an extreme would widen the bound."""
    units = measure_units(predict(1e9), file_rows=ROWS - 2)
    assert np.allclose(units["value"][: ROWS - 2], 1000.0, rtol=1e-9)


@pytest.mark.parametrize(("value", "unit"), [(12.0, 12.0), (0.0, 1.0)])
def test_a_constant_answer_has_its_size_as_the_unit(value: float, unit: float) -> None:
    units = measure_units(Answers({"value": np.full((ROWS, 1), value)}), ROWS)
    assert units["value"].tolist() == [[unit]] * ROWS


def test_a_constant_with_rounding_is_compared_relative_to_its_size() -> None:
    """A deviation of 1e-14 of the size is rounding, and no unit."""
    values = np.full((ROWS, 1), 1e6)
    values[0] += 1e-9
    assert compare(Answers({"value": values}), Answers({"value": values + 1})).holds
    assert not compare(Answers({"value": values}), Answers({"value": values + 11})).holds


@pytest.mark.parametrize("outlier", [np.inf, -np.inf, 1e200, 1.7e308, 1e30])
def test_one_outlier_does_not_hide_another_model(outlier: float) -> None:
    """It would make the standard deviation infinite, or a unit that no difference reaches."""
    original, other = predict(outlier), predict(outlier)
    assert compare(original, other).holds
    other.outputs["value"][0] += 1000
    assert compare(original, other).different.tolist() == [0]


@pytest.mark.parametrize("answer", [1e300, -np.inf, np.nan])
def test_an_infinite_answer_must_be_the_same(answer: float) -> None:
    original, other = predict(np.inf), predict(np.inf)
    other.outputs["value"][-1] = answer
    assert compare(original, other).different.tolist() == [ROWS - 1]


def test_a_difference_that_is_no_number_counts() -> None:
    nowhere = np.zeros(1, np.bool_)
    agreement = Agreement({"value": np.array([[np.nan]])}, nowhere, nowhere, nowhere, 1)
    assert not agreement.holds


def test_the_worst_row_is_first() -> None:
    agreement = compare(predict(), predict(0.02, 0.5, 0.03))
    assert agreement.different.tolist() == [ROWS - 2, ROWS - 1, ROWS - 3]


def test_a_row_that_only_onnx_rejects_is_a_difference() -> None:
    agreement = compare(classify(), reject(classify(), 2), file_rows=1)
    assert agreement.different.tolist() == [2]
    assert agreement.only_original.tolist() == [False, False, True, False, False, False]


def test_a_generated_row_that_only_the_original_rejects_is_none() -> None:
    """It is outside of what the model was made for: a warning is enough."""
    agreement = compare(reject(classify(), 2), classify(), file_rows=2)
    assert agreement.holds
    assert agreement.only_onnx.sum() == 1
    assert not compare(reject(classify(), 2), classify(), file_rows=3).holds


def test_a_row_that_both_reject_agrees() -> None:
    agreement = compare(reject(classify(), 2), reject(classify(), 2))
    assert agreement.holds
    assert agreement.neither.tolist() == [False, False, True, False, False, False]


def test_equal_infinities_agree() -> None:
    infinite = predict(np.inf)
    assert compare(infinite, infinite, file_rows=ROWS - 1).holds
    assert not compare(infinite, predict(), file_rows=ROWS - 1).holds


@pytest.mark.parametrize(
    "other",
    [
        {"value": np.zeros((ROWS, 1))},
        {"label": np.ones((ROWS, 1)), "probabilities": np.ones((6, 3))},
    ],
)
def test_other_outputs_cannot_be_compared(other: dict[str, Floats]) -> None:
    with pytest.raises(ValueError, match="outputs"):
        compare(classify(), Answers(other))
