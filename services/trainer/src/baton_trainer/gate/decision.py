"""The gate: may this version go to production? A pure decision on figures that others found."""

from collections.abc import Iterator

from baton_registry.versions.signature import list_breaks
from baton_trainer.gate.comparison import Comparison, SliceComparison
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.production import Production
from baton_trainer.gate.verdict import Check, Verdict
from baton_trainer.models.export import MAX_ABS_DIFF, Parity
from baton_trainer.request import Gate

SLICE_CONFIDENCE = 0.95
"""How sure a slice's collapse must be: there are many slices, and some look bad by chance."""

_MB = 1_000_000


def judged(
    parity: Parity, challenger: ComparableModel, production: Production | None, bounds: Gate
) -> Verdict:
    """Judges a challenger.

    Args:
        parity: of the challenger's ONNX model with its pipeline.
        challenger: the model.
        production: None where nothing is in production.
        bounds: how much is allowed.
    """
    checks = [_parity(parity), _size(challenger, production, bounds)]
    figures = {"gate_size_bytes": float(challenger.size_bytes)}
    if production is None:
        checks.append(Check("ROC AUC", None, why="nothing is in production"))
        return Verdict(tuple(checks), None, figures)
    checks += _against(challenger, production, bounds)
    if production.comparison is not None:
        figures |= _figures(production.comparison)
    return Verdict(tuple(checks), production.version, figures)


def _figures(comparison: Comparison) -> dict[str, float]:
    difference = comparison.difference
    low, high = difference.interval
    return {
        "production_roc_auc": difference.second,
        "gate_rows": float(comparison.rows),
        "gate_roc_auc": difference.first,
        "gate_roc_auc_difference": difference.estimate,
        "gate_roc_auc_difference_low": low,
        "gate_roc_auc_difference_high": high,
    }


def _parity(parity: Parity) -> Check:
    return Check(
        "ONNX parity",
        passed=parity.holds,
        challenger=f"{parity.max_abs_diff:.1e}, {parity.flips} other labels",
        allowed=f"{MAX_ABS_DIFF:.0e}, none",
        why=(
            f"the ONNX model differs from the pipeline by {parity.max_abs_diff:.1e} at most, with "
            f"{parity.flips} other labels in {parity.rows} rows; allowed are {MAX_ABS_DIFF:.0e} "
            "and none"
        ),
    )


def _size(challenger: ComparableModel, production: Production | None, bounds: Gate) -> Check:
    size_mb = challenger.size_bytes / _MB
    rival = production and production.contender
    return Check(
        "size",
        passed=size_mb <= bounds.max_mb,
        challenger=f"{size_mb:.3g} MB",
        production=f"{rival.size_bytes / _MB:.3g} MB" if rival else "",
        allowed=f"{bounds.max_mb:g} MB",
        why=f"the ONNX model has {size_mb:.3g} MB; {bounds.max_mb:g} MB are allowed",
    )


def _against(challenger: ComparableModel, production: Production, bounds: Gate) -> Iterator[Check]:
    """The questions that need a version in production."""
    where = f"version {production.version} in production"
    if production.contender is None:  # what cannot be served has no callers to break either
        yield Check("ROC AUC", None, why=production.reason)
        return
    breaks = challenger.signature.breaks(production.contender.signature)
    yield Check(
        "schema",
        passed=not breaks,
        challenger=_columns(challenger),
        production=_columns(production.contender),
        allowed="breaks no caller",
        why=f"callers of {where} would break: {list_breaks(breaks, ', ')}",
    )
    if production.comparison is not None:
        yield _roc_auc(production.comparison, bounds, where)
        yield _slices(production.comparison, bounds)
    elif breaks:
        yield Check("ROC AUC", None, why=production.reason)
    else:
        why = f"not comparable with {where}: {production.reason}"
        yield Check("ROC AUC", passed=False, why=why)


def _columns(contender: ComparableModel) -> str:
    return f"{len(contender.signature.columns)} columns"


def _roc_auc(comparison: Comparison, bounds: Gate, where: str) -> Check:
    found = comparison.difference
    low, high = found.interval
    lower = found.bound(bounds.confidence)
    return Check(
        "ROC AUC",
        passed=lower >= -bounds.margin,
        challenger=f"{found.first:.4f} ({found.estimate:+.4f}, 95 % {low:+.4f} to {high:+.4f})",
        production=f"{found.second:.4f}",
        allowed=f"{-bounds.margin:+g}, {bounds.confidence:.0%} confidence",
        why=(
            f"ROC AUC {found.first:.4f} may be {-lower:.4f} below the {found.second:.4f} of "
            f"{where} ({comparison.rows} held-out rows, {bounds.confidence:.0%} confidence); "
            f"{bounds.margin:g} is allowed"
        ),
    )


def _slices(comparison: Comparison, bounds: Gate) -> Check:
    """A slice has collapsed where it is sure that its ROC AUC fell by more than is allowed."""
    if not comparison.slices:
        return Check("slices", None, why="no category has enough rows of each class")
    collapsed = [
        each
        for each in comparison.slices
        if each.difference.bound(1 - SLICE_CONFIDENCE) < -bounds.slice_margin
    ]
    shown = (collapsed or comparison.slices)[0]
    return Check(
        "slices",
        passed=not collapsed,
        challenger=f"{shown.difference.first:.4f} where {_named(shown)}",
        production=f"{shown.difference.second:.4f}",
        allowed=f"{-bounds.slice_margin:+g}, beyond doubt",
        why="collapsed where " + list_breaks([*map(_collapse, collapsed)], ", "),
    )


def _named(part: SliceComparison) -> str:
    return f"{part.column} is {part.value}"


def _collapse(part: SliceComparison) -> str:
    found = part.difference
    return f"{_named(part)} (ROC AUC {found.first:.4f} after {found.second:.4f}, {part.rows} rows)"
