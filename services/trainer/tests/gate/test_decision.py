from baton_trainer.gate import decision as gate
from baton_trainer.gate.comparison import Comparison, SliceComparison
from baton_trainer.gate.auc_difference import AucDifference, compare_auc
from baton_trainer.gate.production import Production
from baton_trainer.gate.verdict import Verdict
from baton_trainer.models.export import Parity
from baton_trainer.request import Gate
from baton_trainer.tables.table import Table
from tests.support.trainer.comparable_models import contender
from tests.support.trainer.tables import changed_table, noisy, some_outcome

SAME = Parity(1e-7, 0, 100)
ONE = some_outcome(2, 1_000)


def worse_by(noise: float) -> Difference:
    """A challenger that is worse than production, on 1,000 rows."""
    found = compare(noisy(ONE, noise), ONE)
    assert found is not None
    return found


NOT_WORSE, A_BIT_WORSE, WORSE = worse_by(0.0), worse_by(0.4), worse_by(2.0)


def against(whole: Difference, *slices: SliceComparison) -> Comparison:
    return Comparison("the challenger", "version 3", 1_000, whole, slices, ())


def judged(
    table: Table, comparison: Comparison | None, bounds: Gate | None = None, parity: Parity = SAME
) -> Verdict:
    """The verdict on a challenger with version 3 in production."""
    rival = Production("3", contender(table), comparison, "its classes are others (maybe)")
    return gate.decide_gate(parity, contender(table), rival, bounds or Gate())


def outcome(verdict: Verdict, name: str) -> bool | None:
    (check,) = [each for each in verdict.checks if each.name == name]
    return check.passed


def test_a_challenger_that_is_not_worse_passes(some_data: Table) -> None:
    """Every question was asked and answered, and the figures are kept."""
    verdict = judged(some_data, against(NOT_WORSE, SliceComparison("c", "v", 99, NOT_WORSE)))
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


def test_a_better_challenger_passes_whatever_is_asked(some_data: Table) -> None:
    """Also the strictest test."""
    better = compare(ONE, noisy(ONE, 2.0))
    assert better is not None
    strict = Gate(margin=0, confidence=0.95)
    assert judged(some_data, against(better), strict).text == "passed"


def test_a_worse_challenger_is_stopped_with_the_figures(some_data: Table) -> None:
    """Those of both, of the rows, and of what is allowed."""
    text = judged(some_data, against(WORSE)).text
    assert text.startswith(f"failed: ROC AUC {WORSE.first:.4f} may be ")
    assert f"below the {WORSE.second:.4f} of version 3 in production" in text
    assert "(1000 held-out rows, 50% confidence); 0.01 is allowed" in text


def test_margin_and_confidence_are_the_users(some_data: Table) -> None:
    """What is worse by less than the margin passes, unless it has to be sure."""
    bit = against(A_BIT_WORSE)
    drop = -A_BIT_WORSE.estimate
    assert drop > 0
    assert judged(some_data, bit, Gate(margin=1.5 * drop)).text == "passed"
    assert judged(some_data, bit, Gate(margin=0.5 * drop)).text != "passed"
    sure = Gate(margin=1.5 * drop, confidence=0.99)
    assert "99% confidence" in judged(some_data, bit, sure).text


def test_a_slice_that_collapsed_stops_what_is_good_as_a_whole(some_data: Table) -> None:
    """It is named with its figures; a drop that may be chance is not held against it."""
    collapsed = SliceComparison("Contract", "Two year", 240, WORSE)
    shaky = SliceComparison("Contract", "One year", 240, A_BIT_WORSE)
    verdict = judged(some_data, against(NOT_WORSE, collapsed, shaky))
    assert outcome(verdict, "ROC AUC") is True
    assert verdict.text == (
        f"failed: collapsed where Contract is Two year (ROC AUC {WORSE.first:.4f} after "
        f"{WORSE.second:.4f}, 240 rows)"
    )
    assert judged(some_data, against(NOT_WORSE, shaky)).text == "passed"
    assert outcome(judged(some_data, against(NOT_WORSE)), "slices") is None


def test_an_onnx_model_that_differs_is_stopped(some_data: Table) -> None:
    """Probabilities beyond the tolerance, or a single other label."""
    far = judged(some_data, against(NOT_WORSE), parity=Parity(2e-5, 0, 100))
    assert far.text.startswith("failed: the ONNX model differs from the pipeline by 2.0e-05")
    flipped = judged(some_data, against(NOT_WORSE), parity=Parity(0.0, 1, 100))
    assert "1 other labels in 100 rows" in flipped.text


def test_a_model_over_the_budget_is_stopped(some_data: Table) -> None:
    """In megabytes of 10^6 bytes."""
    sizes = (2_000_000, 2_010_000)
    fits, over = (
        gate.decide_gate(SAME, contender(some_data, size_bytes=size), None, Gate(max_mb=2))
        for size in sizes
    )
    assert fits.text == "passed"
    assert over.text == "failed: the ONNX model has 2.01 MB; 2 MB are allowed"


def test_a_schema_that_breaks_callers_is_stopped(some_data: Table) -> None:
    """By the same rule as promotion; that they cannot be compared is no second reason."""
    challenger = contender(changed_table(more=["u", "v"] * 200))
    rival = Production("3", contender(some_data), reason="version 3: it needs x")
    verdict = gate.decide_gate(SAME, challenger, rival, Gate())
    assert verdict.text == (
        "failed: callers of version 3 in production would break: column 'more' is new and required"
    )
    assert outcome(verdict, "ROC AUC") is None


def test_what_cannot_be_compared_is_stopped(some_data: Table) -> None:
    """Nobody knows whether it is worse."""
    verdict = judged(some_data, None)
    assert verdict.text == (
        "failed: not comparable with version 3 in production: its classes are others (maybe)"
    )


def test_a_production_that_cannot_be_loaded_stops_nobody(some_data: Table) -> None:
    """It serves nobody either."""
    rival = Production("3", reason="version 3 has no ONNX model")
    verdict = gate.decide_gate(SAME, contender(some_data), rival, Gate())
    assert verdict.text == "passed"
    assert [each.reason for each in verdict.checks if each.passed is None] == [rival.reason]


def test_the_first_version_is_judged_by_itself(some_data: Table) -> None:
    """There is nothing to compare it with."""
    verdict = gate.decide_gate(SAME, contender(some_data), None, Gate())
    assert (verdict.text, verdict.production) == ("passed", None)
    assert outcome(verdict, "ROC AUC") is None
    assert gate.decide_gate(Parity(1, 0, 9), contender(some_data), None, Gate()).text != "passed"
