"""Builds the profile of a table and of a model's answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import LABEL, Label, Output
from baton_registry.versions.schema import Column
from baton_trainer.monitoring.profile import (
    MAX_CATEGORIES,
    MAX_EDGES,
    ColumnProfile,
    Kind,
    OutputProfile,
    Profile,
)
from baton_trainer.tables.table import Table

_NUMBERS = frozenset({"integer", "long", "float", "double"})


def build_profile(table: Table, answers: Scores) -> Profile:
    """Builds the profile of the training rows, and of the answers for the held-out rows.

    Args:
        table: the table; its private columns get no values.
        answers: of the held-out rows, as `Outcome.answers`: a label is an index.
    """
    is_training = ~table.held_out
    columns = {}
    for each in table.columns:
        describe = _hide if each.name in table.private_columns else _describe_column
        columns[each.name] = describe(each, table.features[each.name].to_numpy()[is_training])
    outputs = {
        name: _describe_output(output, values, table.classes)
        for output in table.output_schema.outputs
        for name, values in _split(output, answers[output.name])
    }
    return Profile(rows=int(is_training.sum()), columns=columns, outputs=outputs)


def _hide(column: Column, values: NDArray[Any]) -> ColumnProfile:
    kind: Kind = "number" if column.type in _NUMBERS else "category"
    return ColumnProfile(type=kind, missing=int(pd.isna(values).sum()), private=True)


def _describe_column(column: Column, values: NDArray[Any]) -> ColumnProfile:
    if column.type not in _NUMBERS:
        counts = Counter(values.tolist())  # half the time of pandas, which also counts the gaps
        missing = sum(
            counts.pop(each) for each in [*counts] if each is None or isinstance(each, float)
        )
        categories = _choose_frequent(counts)
        other = counts.total() - sum(categories.values())
        return ColumnProfile(type="category", missing=missing, categories=categories, other=other)
    numbers = values.astype(np.float64)
    ordered = np.sort(numbers[~np.isnan(numbers)])
    edges, bins = _choose_bins(ordered)
    low, high = (float(ordered[0]), float(ordered[-1])) if len(ordered) else (None, None)
    missing = len(values) - len(ordered)
    return ColumnProfile(
        type="number", missing=missing, edges=edges, counts=bins, min=low, max=high
    )


def _split(output: Output, values: NDArray[Any]) -> list[tuple[str, NDArray[Any]]]:
    """Returns the values by the names of their columns in `baton score`."""
    parts = values.T if output.members else [values]
    return [*zip(output.columns, parts, strict=True)]


def _describe_output(
    output: Output, values: NDArray[Any], classes: Sequence[Label]
) -> OutputProfile:
    if output.name == LABEL:
        counts = np.bincount(values, minlength=len(classes)).tolist()
        given = {label: count for label, count in zip(classes, counts, strict=True) if count}
        return OutputProfile(categories=_choose_frequent(given))
    ordered = np.sort(values[np.isfinite(values)].astype(np.float64))
    edges, counts = _choose_bins(ordered)
    return OutputProfile(edges=edges, counts=counts)


def _choose_frequent(counts: Mapping[Any, int]) -> dict[str, int]:
    """Returns the most frequent values by their texts, the most frequent first."""
    pairs = ((str(value), count) for value, count in counts.items())
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:MAX_CATEGORIES])


def _choose_bins(ordered: NDArray[np.float64]) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Chooses edges that split sorted numbers into about equal parts, and counts each part.

    An edge is half way between two numbers, so a number that is rounded stays in its bin. Equal
    numbers are never split: a number that is in half of the rows has a bin of its own, or shares
    one with a few others.
    """
    size = len(ordered)
    wanted = (size * part / (MAX_EDGES + 1) for part in range(1, MAX_EDGES + 1))
    cuts = sorted({_find_cut(ordered, each) for each in wanted} - {0})
    edges = tuple(_halve(float(ordered[cut - 1]), float(ordered[cut])) for cut in cuts)
    counts = np.diff([0, *cuts, size])
    return edges, tuple(counts.tolist())


def _find_cut(ordered: NDArray[np.float64], wanted: float) -> int:
    """Finds the place between two different numbers that is closest to the wanted one.

    0 if all are equal.
    """
    if not len(ordered):
        return 0
    number = ordered[int(wanted)]
    places = (int(np.searchsorted(ordered, number, side)) for side in ("left", "right"))
    inside = [place for place in places if 0 < place < len(ordered)]
    return min(inside, key=lambda place: abs(place - wanted), default=0)


def _halve(low: float, high: float) -> float:
    """Returns the number half way, above `low` and at most `high`."""
    middle = low / 2 + high / 2
    return middle if low < middle <= high else high
