"""The comparison of two versions, as tables for people."""

import re
from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from baton_trainer.audit.version_comparison import Pair, VersionComparison
from baton_trainer.gate.comparison import Comparison
from baton_trainer.gate.difference import Difference

MAX_SLICES = 5
HIDDEN_METRICS = ("_ci_low", "_ci_high", "_std")
"""Suffixes of metrics that only the JSON has."""

_HASH_LENGTH = 12
_SMALLEST = 1e-4  # that four decimals can show


def render_comparison(versions: VersionComparison) -> Group:
    """Renders facts, metrics, parameters, schema, and the metric on the same rows."""
    return Group(*_render_parts(versions))


def _render_parts(versions: VersionComparison) -> Iterator[Table | Text]:
    heads = tuple(f"version {name}" for name in versions.names)
    yield _build_fact_table(("fact", *heads), versions.facts)
    if versions.metrics:
        yield Text("")
        yield _build_metric_table(("metric", *heads, "difference"), versions.metrics)
    if versions.params:
        yield Text("")
        yield _build_fact_table(("parameter", *heads), versions.params)
    yield Text("")
    if versions.schema:
        yield from (Text(f"schema: {line}") for line in versions.schema)
    elif versions.first.model and versions.second.model:
        yield Text("schema: the same")
    yield from (Text(side.reason) for side in (versions.first, versions.second) if side.reason)
    if versions.comparison is None:
        yield Text(f"not compared on the same rows: {versions.reason}")
    else:
        yield Text("")
        yield _build_difference_table(versions.comparison, heads)
        yield from (Text(f"warning: {line}") for line in versions.comparison.warnings)


def _create_table(*heads: str) -> Table:
    table = Table(*heads, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.overflow = "fold"
    return table


def _build_fact_table(heads: tuple[str, ...], pairs: dict[str, Pair]) -> Table:
    table = _create_table(*heads)
    for name, (one, two) in pairs.items():
        table.add_row(name, _format_fact(one), _format_fact(two))
    return table


def _format_fact(value: object) -> str:
    """Formats a fact: checksums and commits are cut, a missing value is a dash."""
    text = "-" if value is None else str(value)
    return re.sub("[0-9a-f]{32,}", lambda match: f"{match[0][:_HASH_LENGTH]}…", text)


def _build_metric_table(heads: tuple[str, ...], pairs: dict[str, Pair]) -> Table:
    table = _create_table(*heads)
    for name, (one, two) in sorted(pairs.items()):
        if not name.endswith(HIDDEN_METRICS):
            difference = "" if None in (one, two) else _format_metric(two - one, "+")
            table.add_row(name, _format_metric(one), _format_metric(two), difference)
    return table


def _format_metric(value: float | None, sign: str = "") -> str:
    if value is None:
        return "-"
    is_small = 0 < abs(value) < _SMALLEST
    return format(value, f"{sign}.1e" if is_small else f"{sign}.4f")


def _build_difference_table(comparison: Comparison, heads: tuple[str, ...]) -> Table:
    title = f"{comparison.difference.metric.title} on {comparison.rows} rows that both held out"
    table = _create_table(title, *heads, "difference")
    table.add_row("all", *_format_difference(comparison.difference))
    for part in comparison.slices[:MAX_SLICES]:
        name = f"{part.column} = {part.value} ({part.rows} rows)"
        table.add_row(name, *_format_difference(part.difference))
    return table


def _format_difference(difference: Difference) -> tuple[str, str, str]:
    before, now = map(difference.metric.format_value, (difference.second, difference.first))
    return before, now, difference.describe_change()
