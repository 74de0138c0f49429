"""Two versions side by side, as tables for people."""

import re
from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from baton_trainer.gate.comparison import Comparison
from baton_trainer.gate.auc_difference import AucDifference
from baton_trainer.audit.version_comparison import Pair, VersionComparison

SHOWN_SLICES = 5
LESS_SHOWN = ("_ci_low", "_ci_high", "_std")
"""Of metrics; they are in the JSON."""

_SHORT = 12
_LEAST = 1e-4  # what four decimals can show


def rendered(found: VersionComparison) -> Group:
    """Facts, metrics, parameters, schema and the rows that both held out."""
    return Group(*_parts(found))


def _parts(found: VersionComparison) -> Iterator[Table | Text]:
    heads = tuple(f"version {name}" for name in found.names)
    yield _facts(("", *heads), found.facts)
    if found.metrics:
        yield Text("")
        yield _metrics(("metric", *heads, "difference"), found.metrics)
    if found.params:
        yield Text("")
        yield _facts(("parameter", *heads), found.params)
    yield Text("")
    if found.schema:
        yield from (Text(f"schema: {line}") for line in found.schema)
    elif found.first.contender and found.second.contender:
        yield Text("schema: the same")
    yield from (Text(side.reason) for side in (found.first, found.second) if side.reason)
    if found.comparison is None:
        yield Text(f"not compared on the same rows: {found.reason}")
    else:
        yield Text("")
        yield _held_out(found.comparison, heads)
        yield from (Text(doubt) for doubt in found.comparison.doubts)


def _plain(*heads: str) -> Table:
    table = Table(*heads, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.overflow = "fold"
    return table


def _facts(heads: tuple[str, ...], pairs: dict[str, Pair]) -> Table:
    table = _plain(*heads)
    for name, (one, two) in pairs.items():
        table.add_row(name, _fact(one), _fact(two))
    return table


def _fact(value: object) -> str:
    """A fact for a person: checksums and commits short, nothing as a dash."""
    text = "-" if value is None else str(value)
    return re.sub("[0-9a-f]{32,}", lambda found: f"{found[0][:_SHORT]}…", text)


def _metrics(heads: tuple[str, ...], pairs: dict[str, Pair]) -> Table:
    table = _plain(*heads)
    for name, (one, two) in sorted(pairs.items()):
        if not name.endswith(LESS_SHOWN):
            difference = "" if None in (one, two) else _figure(two - one, "+")
            table.add_row(name, _figure(one), _figure(two), difference)
    return table


def _figure(value: float | None, sign: str = "") -> str:
    if value is None:
        return "-"
    is_small = 0 < abs(value) < _LEAST
    return format(value, f"{sign}.1e" if is_small else f"{sign}.4f")


def _held_out(comparison: Comparison, heads: tuple[str, ...]) -> Table:
    table = _plain(f"ROC AUC on {comparison.rows} rows that both held out", *heads, "difference")
    table.add_row("all", *_figures(comparison.difference))
    for part in comparison.slices[:SHOWN_SLICES]:
        where = f"{part.column} is {part.value} ({part.rows} rows)"
        table.add_row(where, *_figures(part.difference))
    return table


def _figures(found: Difference) -> tuple[str, str, str]:
    low, high = found.interval
    interval = f"{found.estimate:+.4f} (95 % {low:+.4f} to {high:+.4f})"
    return f"{found.second:.4f}", f"{found.first:.4f}", interval
