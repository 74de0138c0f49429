from dataclasses import replace

from baton_trainer.gate import decision as gate
from baton_trainer.gate.answer_change import AnswerChange
from baton_trainer.gate.auc_difference import AucDifference, compare_auc
from baton_trainer.gate.comparison import Comparison, SliceComparison
from baton_trainer.gate.production import Production
from baton_trainer.gate.verdict import Check, Verdict
from baton_trainer.models.parity import Parity
from baton_trainer.request import GateLimits
from baton_trainer.tables.table import Table
from tests.support.trainer.comparable_models import make_model
from tests.support.trainer.tables import add_noise, changed_table, some_outcome

SAME = Parity(1e-7, 0, 100)
CHANGE = AnswerChange(0.03, {"yes": 0.002}, {})
ONE = some_outcome(2, 1_000)


def compute_difference(noise: float) -> AucDifference:
    """The difference of a challenger that is worse than production, on 1,000 rows."""
    difference = compare_auc(add_noise(ONE, noise), ONE)
    assert difference is not None
    return difference


NOT_WORSE = compute_difference(0.0)
A_BIT_WORSE = compute_difference(0.4)
WORSE = compute_difference(2.0)


def compare(whole: AucDifference, *slices: SliceComparison) -> Comparison:
    return Comparison("the challenger", "version 3", 1_000, whole, CHANGE, slices, ())


def decide(
    table: Table,
    comparison: Comparison | None,
    bounds: GateLimits | None = None,
    parity: Parity = SAME,
) -> Verdict:
    """The verdict on a challenger with version 3 in production."""
    production = Production("3", make_model(table), comparison, "it has other classes (maybe)")
    if comparison is not None:
        production = replace(production, change=comparison.change)
    return gate.decide_gate(parity, make_model(table), production, bounds or GateLimits())


def find_check(verdict: Verdict, name: str) -> Check:
    (check,) = [each for each in verdict.checks if each.name == name]
    return check


def find_result(verdict: Verdict, name: str) -> bool | None:
    return find_check(verdict, name).passed


def test_challenger_that_is_not_worse_passes(some_data: Table) -> None:
    """Every check passes, and the figures are kept."""
    verdict = decide(some_data, compare(NOT_WORSE, SliceComparison("c", "v", 99, NOT_WORSE)))
    assert verdict.text == "passed"
    assert [each.name for each in verdict.checks] == [
        "ONNX parity",
        "size",
        "schema",
        "ROC AUC",
        "slices",
    ]
    assert all(each.passed for each in verdict.checks)
    assert verdict.production == "3"
    assert verdict.figures["production_roc_auc"] == NOT_WORSE.second
    assert verdict.figures["gate_rows"] == 1_000
    assert verdict.figures["gate_roc_auc_difference"] == 0
    assert verdict.recorded_figures == {
        **verdict.figures,
        "against_version": 3.0,
        "other_label_share": 0.03,
        "score_shift.yes": 0.002,
    }


def test_better_challenger_passes_the_strictest_limits(some_data: Table) -> None:
    better = compare_auc(ONE, add_noise(ONE, 2.0))
    assert better is not None
    strict = GateLimits(margin=0, confidence=0.95)
    assert decide(some_data, compare(better), strict).text == "passed"


def test_worse_challenger_fails_with_its_figures(some_data: Table) -> None:
    """The text has both figures, the rows and the limit."""
    text = decide(some_data, compare(WORSE)).text
    assert text.startswith(f"failed: ROC AUC {WORSE.first:.4f} is up to ")
    assert f"below the {WORSE.second:.4f} of version 3 in production" in text
    assert "(1000 held-out rows, 50% confidence); 0.01 is allowed" in text
    assert text.endswith("train a better version, or raise --gate-margin")


def test_zero_has_no_minus_sign(some_data: Table) -> None:
    """A difference that rounds to zero is +0.0000."""
    tiny = AucDifference(0.80000, 0.80001, 0.0)
    check = find_check(decide(some_data, compare(tiny), GateLimits(margin=-0.0)), "ROC AUC")
    assert check.challenger == "0.8000 (+0.0000, 95 % CI +0.0000 to +0.0000)"
    assert check.allowed == "0 lower (50% confidence)"


def test_margin_and_confidence_come_from_the_request(some_data: Table) -> None:
    """A drop below the margin passes, unless a high confidence is needed."""
    bit = compare(A_BIT_WORSE)
    drop = -A_BIT_WORSE.estimate
    assert drop > 0
    assert decide(some_data, bit, GateLimits(margin=1.5 * drop)).text == "passed"
    assert decide(some_data, bit, GateLimits(margin=0.5 * drop)).text != "passed"
    sure = GateLimits(margin=1.5 * drop, confidence=0.99)
    assert "99% confidence" in decide(some_data, bit, sure).text


def test_drop_in_one_slice_fails_a_good_challenger(some_data: Table) -> None:
    """The text names the slice with its figures; a drop that may be chance passes."""
    collapsed = SliceComparison("Contract", "Two year", 240, WORSE)
    shaky = SliceComparison("Contract", "One year", 240, A_BIT_WORSE)
    verdict = decide(some_data, compare(NOT_WORSE, collapsed, shaky))
    assert find_result(verdict, "ROC AUC") is True
    assert verdict.text == (
        f"failed: ROC AUC fell where Contract = Two year (from {WORSE.second:.4f} to "
        f"{WORSE.first:.4f}, 240 rows)"
    )
    assert decide(some_data, compare(NOT_WORSE, shaky)).text == "passed"
    assert find_result(decide(some_data, compare(NOT_WORSE)), "slices") is None


def test_onnx_model_that_differs_fails(some_data: Table) -> None:
    """Probabilities beyond the tolerance, or a single different label."""
    far = decide(some_data, compare(NOT_WORSE), parity=Parity(2e-5, 0, 100))
    assert far.text.startswith("failed: the ONNX model differs from the pipeline by up to 2.0e-05")
    flipped = decide(some_data, compare(NOT_WORSE), parity=Parity(0.0, 1, 100))
    assert "in 1 of 100 labels" in flipped.text


def test_model_over_the_size_limit_fails(some_data: Table) -> None:
    """A megabyte is 10^6 bytes."""
    sizes = (2_000_000, 2_010_000)
    fits, over = (
        gate.decide_gate(SAME, make_model(some_data, size_bytes=size), None, GateLimits(max_mb=2))
        for size in sizes
    )
    assert fits.text == "passed"
    assert over.text == "failed: the ONNX model is 2.01 MB large; 2 MB are allowed"


def test_schema_that_breaks_callers_fails(some_data: Table) -> None:
    """The rule is that of promotion; the skipped comparison is not a second reason."""
    challenger = make_model(changed_table(more=["u", "v"] * 200))
    production = Production("3", make_model(some_data), reason="version 3: it needs x")
    verdict = gate.decide_gate(SAME, challenger, production, GateLimits())
    assert verdict.text == (
        "failed: callers of version 3 in production would break: column 'more' is new and required"
    )
    assert find_result(verdict, "ROC AUC") is None


def test_challenger_that_cannot_be_compared_fails(some_data: Table) -> None:
    verdict = decide(some_data, None)
    assert verdict.text == (
        "failed: it cannot be compared with version 3 in production: it has other classes (maybe)"
    )


def test_unloadable_production_does_not_fail_the_challenger(some_data: Table) -> None:
    """It has no callers either."""
    production = Production("3", reason="version 3 has no ONNX model")
    verdict = gate.decide_gate(SAME, make_model(some_data), production, GateLimits())
    assert verdict.text == "passed"
    assert [each.reason for each in verdict.checks if each.passed is None] == [production.reason]


def test_first_version_is_not_compared(some_data: Table) -> None:
    verdict = gate.decide_gate(SAME, make_model(some_data), None, GateLimits())
    assert (verdict.text, verdict.production) == ("passed", None)
    assert find_result(verdict, "ROC AUC") is None
    assert (
        gate.decide_gate(Parity(1, 0, 9), make_model(some_data), None, GateLimits()).text
        != "passed"
    )
