"""The gate of an imported version: parity on enough rows, size and, with a target, production."""

from baton_trainer.gate import decision
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.production import Production
from baton_trainer.gate.verdict import Check, Verdict
from baton_trainer.importing.comparison.agreement import TOLERANCE, Agreement
from baton_trainer.request import GateLimits

MIN_ROWS = 1_000
"""Rows of the file to compare on. Of 48 wrong conversions of a study, 5 rows show 23, 100 rows 38
and 1,000 rows 47."""


def decide(
    agreement: Agreement,
    challenger: ComparableModel,
    production: Production | None,
    limits: GateLimits,
) -> Verdict:
    """Decides by parity, size and the comparison with production."""
    return decision.decide(_check_parity(agreement), challenger, production, limits)


def decide_alone(
    agreement: Agreement,
    challenger: ComparableModel,
    production: Production | None,
    limits: GateLimits,
    why: str,
) -> Verdict:
    """Decides by parity and size alone.

    Args:
        agreement: on the rows of the file and the generated ones.
        challenger: the imported version.
        production: how far its answers differ is recorded; None if nothing is in production.
        limits: the limits of the gate.
        why: why the version is not judged against production.
    """
    checks = [*_check_parity(agreement), decision.check_size(challenger, None, limits)]
    checks.append(Check("production", None, why=why))
    figures = {"gate_size_bytes": float(challenger.size_bytes)}
    if production is None:
        return Verdict(tuple(checks), None, figures)
    return Verdict(tuple(checks), production.version, figures, production.change_figures)


def _check_parity(agreement: Agreement) -> list[Check]:
    rows, generated = agreement.file_rows, agreement.rows - agreement.file_rows
    parity = Check(
        "ONNX parity",
        passed=agreement.holds,
        challenger=f"{agreement.max_difference:.1e}, {agreement.flips} different labels",
        allowed=f"{TOLERANCE:.0e}, none",
        why="the ONNX form is another model",
    )
    size = Check(
        "rows compared",
        passed=rows >= MIN_ROWS,
        challenger=f"{rows:,} and {generated:,} generated",
        allowed=f"at least {MIN_ROWS:,}",
        why=f"compared on {rows:,} rows only; at least {MIN_ROWS:,} are needed",
    )
    return [parity, size]
