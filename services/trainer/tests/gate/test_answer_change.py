import numpy as np
import pytest

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import OutputSchema
from baton_rollout import gate_figures
from baton_trainer.gate.answer_change import AnswerChange, measure_answer_change

REGRESSION = OutputSchema("regression")


def answer(probabilities: list[list[float]], classes: tuple[str, ...]) -> Scores:
    table = np.array(probabilities, np.float32)
    return {"label": np.array(classes)[table.argmax(axis=1)], "probabilities": table}


def values(*numbers: float) -> Scores:
    return {"value": np.array(numbers)}


def test_binary_compares_the_second_class() -> None:
    """The share of other labels, and the mean of the challenger's minus production's."""
    schema = OutputSchema("binary", ("no", "yes"))
    now = answer([[0.4, 0.6], [0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], ("no", "yes"))
    before = answer([[0.6, 0.4], [0.9, 0.1], [0.8, 0.2], [0.9, 0.1]], ("no", "yes"))
    change = measure_answer_change(schema, now, before)
    assert change.other_label_share == 0.25
    assert change.score_shifts == {"yes": pytest.approx(0.1)}
    assert change.score_scales == {}


def test_multiclass_compares_the_first_ten_classes() -> None:
    classes = tuple(f"c{index}" for index in range(12))
    schema = OutputSchema("multiclass", classes)
    one, two = np.eye(12)[[0]].tolist(), np.eye(12)[[1]].tolist()
    shifts = measure_answer_change(schema, answer(one, classes), answer(two, classes)).score_shifts
    assert [*shifts] == list(classes[:10])
    assert [*shifts.values()][:3] == [1, -1, 0]


def test_values_are_scaled_by_the_standard_deviation_of_production() -> None:
    """A row counts as one standard deviation at most; rows with a NaN do not count."""
    production = values(0, 2, 4, 6, np.nan)
    scale = np.array([0.0, 2, 4, 6]).std()
    change = measure_answer_change(REGRESSION, values(0.5, 2, 4, 600, 1), production)
    assert change.other_label_share is None
    assert change.score_scales == {"value": pytest.approx(scale)}
    assert change.score_shifts == {"value": pytest.approx((0.5 / scale + 1) / 4)}


def test_constant_answers_have_no_scale() -> None:
    change = measure_answer_change(REGRESSION, values(1, 2), values(3, 3))
    assert change == AnswerChange(None, {}, {})
    assert measure_answer_change(REGRESSION, values(1), values(np.nan)).score_shifts == {}


def test_quantiles_and_scores_of_anomaly_are_scaled_each() -> None:
    quantiles = OutputSchema("quantiles", names=("p10", "p90"))
    now = {"value": np.array([[1.0, 10], [3, 30]])}
    before = {"value": np.array([[1.0, 20], [3, 40]])}
    change = measure_answer_change(quantiles, now, before)
    assert change.score_scales == {"p10": 1, "p90": 10}
    assert change.score_shifts == {"p10": 0, "p90": -1}
    anomaly = {"label": np.array([1, -1]), "score": np.array([0.5, -0.5])}
    other = {"label": np.array([1, 1]), "score": np.array([0.5, 0.5])}
    change = measure_answer_change(OutputSchema("anomaly"), other, anomaly)
    assert change.other_label_share == 0.5
    assert change.score_shifts == {"score": 0.5}


def test_row_of_several_labels_differs_if_any_label_does() -> None:
    schema = OutputSchema("multilabel", names=("a", "b"))
    now = {"label": np.array([[1, 0], [0, 0]]), "probabilities": np.array([[0.9, 0.1], [0.2, 0.2]])}
    before = {
        "label": np.array([[1, 1], [0, 0]]),
        "probabilities": np.array([[0.9, 0.7], [0.2, 0.2]]),
    }
    change = measure_answer_change(schema, now, before)
    assert change.other_label_share == 0.5
    assert change.score_shifts == {"a": 0, "b": pytest.approx(-0.3)}


@pytest.mark.parametrize(("against", "figure"), [("12", 12.0), ("v2", None)])
def test_figures_name_the_version(against: str, figure: float | None) -> None:
    """None if its number is not decimal."""
    figures = AnswerChange(0.1, {"yes": 0.2}, {"yes": 3.0}).to_figures(against)
    assert figures == {
        "against_version": figure,
        "other_label_share": 0.1,
        "score_shift.yes": 0.2,
        "score_scale.yes": 3.0,
    }


def test_rollout_reads_the_figures_under_the_same_names() -> None:
    """The gate does not import `baton_rollout`, so both have the names."""
    figures = AnswerChange(0.25, {"y": 0.5}, {"y": 2.0}).to_figures("3")
    assert gate_figures.has_compared(figures, "3")
    assert figures[gate_figures.OTHER_LABEL_SHARE] == 0.25
    assert gate_figures.read_score_shifts(figures) == {"y": 0.5}
    assert gate_figures.read_score_scales(figures) == {"y": 2.0}
