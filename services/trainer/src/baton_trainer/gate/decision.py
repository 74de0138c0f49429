"""The gate's decision: whether a challenger may go to production. It does no I/O."""

from collections.abc import Iterator, Sequence

from baton_registry.versions.schema_breaks import find_breaks, format_breaks
from baton_trainer.evaluation.prediction import get_metric
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.comparison import Comparison, SliceComparison
from baton_trainer.gate.production import Production
from baton_trainer.gate.verdict import Check, Verdict
from baton_trainer.models.parity import Parity
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
        checks.append(Check(_get_title(challenger), None, why="nothing is in production"))
        return Verdict(tuple(checks), None, figures)
    checks += _check_against(production, challenger, limits)
    if production.comparison is not None:
        figures |= {"gate_rows": float(production.comparison.rows)}
        figures |= production.comparison.difference.figures
    return Verdict(tuple(checks), production.version, figures, production.change_figures)


def _get_title(challenger: ComparableModel) -> str:
    return get_metric(challenger.engine.output_schema).title


def _check_parity(parity: Parity) -> Check:
    return Check(
        "ONNX parity",
        passed=parity.holds,
        challenger=parity.describe(),
        allowed=parity.describe_limit(),
        why=parity.explain_failure(),
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
    title = _get_title(challenger)
    if production.model is None:  # it cannot be served, so it has no callers to break
        yield Check(title, None, why=production.reason)
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
        yield _check_metric(production.comparison, limits, production_name)
        yield _check_slices(production.comparison, limits)
    elif breaks:
        yield Check(title, None, why=production.reason)
    else:
        why = f"it cannot be compared with {production_name}: {production.reason}"
        yield Check(title, passed=False, why=why)


def _count_columns(model: ComparableModel) -> str:
    return f"{len(model.schema.columns)} columns"


def _check_metric(comparison: Comparison, limits: GateLimits, production_name: str) -> Check:
    difference = comparison.difference
    worsening = difference.bound_worsening_above(limits.confidence)
    rows = f"{comparison.rows} held-out rows, {limits.confidence:.0%} confidence"
    reason = difference.explain_failure(worsening, limits.margin, production_name, rows)
    return Check(
        difference.metric.title,
        passed=worsening <= limits.margin,
        challenger=difference.describe_first(),
        production=difference.metric.format_value(difference.second),
        allowed=f"{difference.describe_limit(limits.margin)} ({limits.confidence:.0%} confidence)",
        why=f"{reason}; train a better version, or raise --gate-margin",
    )


def _check_slices(comparison: Comparison, limits: GateLimits) -> Check:
    """Fails if the metric of a slice got worse by more than is allowed, with 95 % confidence."""
    if not comparison.slices:
        return Check("slices", None, why="no category has enough rows of each class")
    collapsed = [
        part
        for part in comparison.slices
        if part.difference.bound_worsening_below(SLICE_CONFIDENCE) > limits.slice_margin
    ]
    worst = (collapsed or comparison.slices)[0]
    difference = worst.difference
    direction = "rose" if difference.metric.is_loss else "fell"
    return Check(
        "slices",
        passed=not collapsed,
        challenger=f"{difference.metric.format_value(difference.first)} ({_name_slice(worst)})",
        production=difference.metric.format_value(difference.second),
        allowed=f"{difference.describe_limit(limits.slice_margin)}, or by chance",
        why=f"{difference.metric.title} {direction} where {_describe_drops(comparison, collapsed)}",
    )


def _name_slice(part: SliceComparison) -> str:
    return f"{part.column} = {part.value}"


def _describe_drops(comparison: Comparison, parts: Sequence[SliceComparison]) -> str:
    drops = [_describe_drop(comparison, part) for part in parts[:MAX_NAMED_SLICES]]
    if len(parts) > MAX_NAMED_SLICES:
        drops.append("and in other slices")
    return ", ".join(drops)


def _describe_drop(comparison: Comparison, part: SliceComparison) -> str:
    difference = part.difference
    now, before = map(difference.metric.format_value, (difference.first, difference.second))
    more = difference.describe_part(comparison.difference, part.rows / comparison.rows)
    return f"{_name_slice(part)} (from {before} to {now}, {part.rows} rows{more})"
