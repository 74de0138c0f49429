"""The scales of scores that have a unit."""

import numpy as np

from baton_inference.shadow.counts.score_scales import SCALE_ROWS, ScoreScales

VALUES = np.arange(SCALE_ROWS, dtype=np.float64)


def test_the_gates_scale_is_used_at_once() -> None:
    assert ScoreScales({"score_scale.value": 2.5}).find("value", VALUES[:1]) == 2.5


def test_the_first_rows_give_a_scale_for_the_rows_after_them() -> None:
    scales = ScoreScales({})
    assert scales.find("value", VALUES[:60]) is None
    assert scales.find("value", VALUES[60:]) is None
    assert scales.find("value", VALUES * 1000) == VALUES.std()


def test_each_score_has_its_own_scale() -> None:
    scales = ScoreScales({"score_scale.p10": 1.0})
    assert scales.find("p90", VALUES) is None
    assert scales.find("p10", VALUES) == 1.0


def test_a_constant_score_has_no_scale() -> None:
    scales = ScoreScales({"score_scale.value": 0.0})
    for _ in range(3):
        assert scales.find("value", np.ones(SCALE_ROWS)) is None
