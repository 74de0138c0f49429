import numpy as np

from baton_registry.versions.schema import Schema
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.gate import decision as gate
from baton_trainer.gate.answer_change import measure_answer_change
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.comparison import Comparison, SliceComparison
from baton_trainer.gate.production import Production
from baton_trainer.gate.rmse_ratio import RmseRatio, compare_rmse
from baton_trainer.gate.verdict import Verdict
from baton_trainer.models.parity import Parity
from baton_trainer.request import GateLimits
from tests.support.trainer.comparable_models import RuleEngine, good
from tests.support.trainer.values import some_houses, some_values

SAME = Parity(1e-7, None, 100)
HOUSES = some_houses(200)
ONE = some_values(1_000)


def compare(factor: float) -> RmseRatio:
    errors = factor * ONE.errors + 1e-3 * np.arange(1_000)
    ratio = compare_rmse(ValueOutcome(ONE.truth, ONE.truth + errors), ONE)
    assert ratio is not None
    return ratio


def make_regression() -> ComparableModel:
    engine = RuleEngine(good, HOUSES.output_schema)
    return ComparableModel("version 3", engine, HOUSES.schema, 10_000)


def decide(whole: RmseRatio, *slices: SliceComparison, limits: GateLimits | None = None) -> Verdict:
    """The verdict on a challenger with version 3 in production."""
    change = measure_answer_change(ONE.output_schema, ONE.answers, ONE.answers)
    names = ("the challenger", "version 3")
    comparison = Comparison(*names, 1_000, whole, change, slices, ())
    production = Production("3", make_regression(), comparison, change=change)
    return gate.decide_gate(SAME, make_regression(), production, limits or GateLimits())


def test_regression_that_is_not_worse_passes() -> None:
    """Every check passes, and a rollout finds its figures."""
    verdict = decide(compare(1.0), SliceComparison("ocean", "coast", 240, compare(1.02)))
    assert verdict.text == "passed"
    assert [each.name for each in verdict.checks] == [
        *("ONNX parity", "size", "schema"),
        *("RMSE", "slices"),
    ]
    assert verdict.checks[0].challenger == "1.0e-07 standard deviations"
    assert verdict.figures["gate_rmse_ratio_low"] <= verdict.figures["gate_rmse_ratio"]
    assert verdict.recorded_figures["score_shift.value"] == 0
    assert verdict.recorded_figures["score_scale.value"] == ONE.predictions.std()
    assert "other_label_share" not in verdict.recorded_figures


def test_worse_regression_fails_with_its_figures() -> None:
    """The text has both figures, the rows and the limit; a larger margin passes."""
    text = decide(compare(1.1)).text
    assert text.startswith("failed: RMSE 1")
    assert "% above the " in text
    assert "of version 3 in production (1000 held-out rows, 50% confidence); 1 % is allowed" in text
    assert decide(compare(1.1), limits=GateLimits(margin=0.2)).text == "passed"


def test_slice_that_got_worse_fails_with_its_share() -> None:
    """By more than 5 %, with 95 % confidence."""
    part = SliceComparison("ocean", "island", 100, compare(1.3))
    text = decide(compare(1.0), part).text
    assert text.startswith("failed: RMSE rose where ocean = island (from ")
    assert text.endswith("100 rows, 17% of the squared error)")


def test_regression_cannot_follow_a_classifier() -> None:
    """Its answers would break callers, in both directions; there is no comparison."""
    regression, columns = make_regression(), HOUSES.columns
    engine = RuleEngine(good)
    classifier = ComparableModel("version 3", engine, Schema(columns, ("no", "yes")), 10_000)
    for challenger, before in ((regression, classifier), (classifier, regression)):
        production = Production("3", before, reason="its task is another")
        text = gate.decide_gate(SAME, challenger, production, GateLimits()).text
        assert text.startswith("failed: callers of version 3 in production would break: the task ")


def test_values_that_differ_fail() -> None:
    """By more than 1e-5 of the target's standard deviation."""
    far = Parity(2e-5, None, 100)
    verdict = gate.decide_gate(far, make_regression(), None, GateLimits())
    assert "differs from the pipeline by up to 2.0e-05 standard deviations" in verdict.text
    assert verdict.checks[-1].name == "RMSE"
