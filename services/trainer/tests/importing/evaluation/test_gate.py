"""The gate of an imported version."""

import numpy as np
import pytest

from baton_trainer.gate.answer_change import AnswerChange
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.production import Production
from baton_trainer.importing.comparison.agreement import Agreement, compare_answers
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.evaluation import gate
from baton_trainer.importing.evaluation.gate import MIN_ROWS
from baton_trainer.request import GateLimits
from baton_trainer.tables.table import Table
from tests.support.trainer.tables import some_trained_model


def agree(file_rows: int, generated: int = 50) -> Agreement:
    answers = Answers({"value": np.arange(float(file_rows + generated)).reshape(-1, 1)})
    return compare_answers(answers, answers, file_rows)


@pytest.fixture(scope="module")
def challenger(some_data: Table) -> ComparableModel:
    return some_trained_model(some_data).to_challenger(some_data)


def test_enough_rows_pass(challenger: ComparableModel) -> None:
    verdict = gate.decide_alone(agree(MIN_ROWS), challenger, None, GateLimits(), "no target")
    assert verdict.text == "passed"
    assert verdict.checks[-1].reason == "no target"


def test_too_few_rows_fail_with_the_number(challenger: ComparableModel) -> None:
    """Generated rows do not count."""
    verdict = gate.decide_alone(agree(999, 5_000), challenger, None, GateLimits(), "no target")
    assert verdict.text == "failed: compared on 999 rows only; at least 1,000 are needed"


def test_too_large_models_fail(challenger: ComparableModel) -> None:
    limits = GateLimits(max_mb=challenger.size_bytes / 2e6)
    assert "large" in gate.decide_alone(agree(MIN_ROWS), challenger, None, limits, "").text


def test_without_production_the_comparison_is_skipped(challenger: ComparableModel) -> None:
    verdict = gate.decide(agree(MIN_ROWS), challenger, None, GateLimits())
    assert verdict.text == "passed"
    assert verdict.production is None


def test_change_from_production_is_recorded_without_a_judgement(
    challenger: ComparableModel,
) -> None:
    """No check depends on it."""
    change = AnswerChange(None, {"value": 0.4}, {"value": 12.0})
    production = Production("3", challenger, change=change)
    verdict = gate.decide_alone(agree(MIN_ROWS), challenger, production, GateLimits(), "no target")
    assert (verdict.text, verdict.production) == ("passed", "3")
    assert verdict.change_figures == {
        "against_version": 3.0,
        "score_shift.value": 0.4,
        "score_scale.value": 12.0,
    }
