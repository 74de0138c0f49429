"""The gate's decision: whether a challenger may go to production. It does no I/O."""

from collections.abc import Iterator, Sequence

from baton_registry.versions.schema_breaks import find_breaks, format_breaks
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.comparison import Comparison, SliceComparison
from baton_trainer.gate.production import Production
from baton_trainer.gate.verdict import Check, Verdict
from baton_trainer.models.export import MAX_ABS_DIFF, Parity
from baton_trainer.request import GateLimits

SLICE_CONFIDENCE = 0.95
"""A slice fails only if its drop is this certain: of many slices, some look bad by chance."""

MAX_NAMED_SLICES = 3
"""In the text of the tag, which names the worst ones only."""

_MB = 1_000_000


def decide_gate(
    parity: Parity, challenger: ComparableModel, production: Production | None, limits: GateLimits
) -> Verdict:
    """Decides whether a challenger passes.

    Args:
        parity: how closely the challenger's ONNX model agrees with its pipeline.
        challenger: the model that the gate decides on.
        production: None if nothing is in production.
        limits: the limits of this run.
    """
    return decide([_check_parity(parity)], challenger, production, limits)


def decide(
    checks: Sequence[Check],
    challenger: ComparableModel,
    production: Production | None,
    limits: GateLimits,
) -> Verdict:
    """Decides by checks of the challenger alone, its size, and the comparison with production."""
    checks = [*checks, check_size(challenger, production, limits)]
    figures = {"gate_size_bytes": float(challenger.size_bytes)}
    if production is None:
        checks.append(Check("ROC AUC", None, why="nothing is in production"))
        return Verdict(tuple(checks), None, figures)
    checks += _check_against(production, challenger, limits)
    if production.comparison is not None:
        figures |= _collect_figures(production.comparison)
    return Verdict(tuple(checks), production.version, figures, production.change_figures)


def _collect_figures(comparison: Comparison) -> dict[str, float]:
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


def _check_parity(parity: Parity) -> Check:
    return Check(
        "ONNX parity",
        passed=parity.holds,
        challenger=f"{parity.max_abs_diff:.1e}, {parity.flips} different labels",
        allowed=f"{MAX_ABS_DIFF:.0e}, none",
        why=(
            f"the ONNX model differs from the pipeline by up to {parity.max_abs_diff:.1e} in "
            f"probability and in {parity.flips} of {parity.rows} labels; allowed are "
            f"{MAX_ABS_DIFF:.0e} and 0 labels"
        ),
    )


def check_size(
    challenger: ComparableModel, production: Production | None, limits: GateLimits
) -> Check:
    """Checks the size of the ONNX model."""
    size_mb = challenger.size_bytes / _MB
    model = production and production.model
    return Check(
        "size",
        passed=size_mb <= limits.max_mb,
        challenger=f"{size_mb:.3g} MB",
        production=f"{model.size_bytes / _MB:.3g} MB" if model else "",
        allowed=f"{limits.max_mb:g} MB",
        why=f"the ONNX model is {size_mb:.3g} MB large; {limits.max_mb:g} MB are allowed",
    )


def _check_against(
    production: Production, challenger: ComparableModel, limits: GateLimits
) -> Iterator[Check]:
    """The checks that need a version in production."""
    production_name = f"version {production.version} in production"
    if production.model is None:  # it cannot be served, so it has no callers to break
        yield Check("ROC AUC", None, why=production.reason)
        return
    breaks = find_breaks(production.model.schema, challenger.schema)
    yield Check(
        "schema",
        passed=not breaks,
        challenger=_count_columns(challenger),
        production=_count_columns(production.model),
        allowed="breaks no callers",
        why=f"callers of {production_name} would break: {format_breaks(breaks, ', ')}",
    )
    if production.comparison is not None:
        yield _check_roc_auc(production.comparison, limits, production_name)
        yield _check_slices(production.comparison, limits)
    elif breaks:
        yield Check("ROC AUC", None, why=production.reason)
    else:
        why = f"it cannot be compared with {production_name}: {production.reason}"
        yield Check("ROC AUC", passed=False, why=why)


def _count_columns(model: ComparableModel) -> str:
    return f"{len(model.schema.columns)} columns"


def _check_roc_auc(comparison: Comparison, limits: GateLimits, production_name: str) -> Check:
    difference = comparison.difference
    low, high = difference.interval
    lower = difference.lower_bound(limits.confidence)
    return Check(
        "ROC AUC",
        passed=lower >= -limits.margin,
        challenger=(
            f"{difference.first:.4f} "
            f"({difference.estimate:+z.4f}, 95 % CI {low:+z.4f} to {high:+z.4f})"
        ),
        production=f"{difference.second:.4f}",
        allowed=f"{limits.margin:zg} lower ({limits.confidence:.0%} confidence)",
        why=(
            f"ROC AUC {difference.first:.4f} is up to {-lower:z.4f} below the "
            f"{difference.second:.4f} of {production_name} ({comparison.rows} held-out rows, "
            f"{limits.confidence:.0%} confidence); {limits.margin:zg} is allowed; train a better "
            "version, or raise --gate-margin"
        ),
    )


def _check_slices(comparison: Comparison, limits: GateLimits) -> Check:
    """Fails if the ROC AUC of a slice fell by more than is allowed, with 95 % confidence."""
    if not comparison.slices:
        return Check("slices", None, why="no category has enough rows of each class")
    collapsed = [
        part
        for part in comparison.slices
        if part.difference.upper_bound(SLICE_CONFIDENCE) < -limits.slice_margin
    ]
    worst = (collapsed or comparison.slices)[0]
    return Check(
        "slices",
        passed=not collapsed,
        challenger=f"{worst.difference.first:.4f} ({_name_slice(worst)})",
        production=f"{worst.difference.second:.4f}",
        allowed=f"{limits.slice_margin:zg} lower, or by chance",
        why=f"ROC AUC fell where {_describe_drops(collapsed)}",
    )


def _name_slice(part: SliceComparison) -> str:
    return f"{part.column} = {part.value}"


def _describe_drops(parts: Sequence[SliceComparison]) -> str:
    drops = [_describe_drop(part) for part in parts[:MAX_NAMED_SLICES]]
    if len(parts) > MAX_NAMED_SLICES:
        drops.append("and in other slices")
    return ", ".join(drops)


def _describe_drop(part: SliceComparison) -> str:
    now, before = part.difference.first, part.difference.second
    return f"{_name_slice(part)} (from {before:.4f} to {now:.4f}, {part.rows} rows)"
