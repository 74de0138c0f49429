"""Builds the profile of a table and of a model's answers."""

from collections.abc import Sequence
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
    rows = table.features[~table.held_out]
    columns = {
        each.name: (_hide if each.name in table.private_columns else _describe_column)(
            each, rows[each.name]
        )
        for each in table.columns
    }
    outputs = {
        name: _describe_output(output, values, table.classes)
        for output in table.output_schema.outputs
        for name, values in _split(output, answers[output.name])
    }
    return Profile(rows=len(rows), columns=columns, outputs=outputs)


def _hide(column: Column, values: pd.Series) -> ColumnProfile:
    kind: Kind = "number" if column.type in _NUMBERS else "category"
    return ColumnProfile(type=kind, missing=int(values.isna().sum()), private=True)


def _describe_column(column: Column, values: pd.Series) -> ColumnProfile:
    present = values.dropna()
    missing = len(values) - len(present)
    if column.type not in _NUMBERS:
        categories = _count_frequent(present)
        other = len(present) - sum(categories.values())
        return ColumnProfile(type="category", missing=missing, categories=categories, other=other)
    ordered = np.sort(present.to_numpy(np.float64))
    edges, counts = _choose_bins(ordered)
    low, high = (float(ordered[0]), float(ordered[-1])) if len(ordered) else (None, None)
    return ColumnProfile(
        type="number", missing=missing, edges=edges, counts=counts, min=low, max=high
    )


def _split(output: Output, values: NDArray[Any]) -> list[tuple[str, NDArray[Any]]]:
    """Returns the values by the names of their columns in `baton score`."""
    parts = values.T if output.members else [values]
    return [*zip(output.columns, parts, strict=True)]


def _describe_output(
    output: Output, values: NDArray[Any], classes: Sequence[Label]
) -> OutputProfile:
    if output.name == LABEL:
        labels = np.array(classes, np.object_)[values]
        return OutputProfile(categories=_count_frequent(pd.Series(labels)))
    ordered = np.sort(values[np.isfinite(values)].astype(np.float64))
    edges, counts = _choose_bins(ordered)
    return OutputProfile(edges=edges, counts=counts)


def _count_frequent(values: "pd.Series[Any]") -> dict[str, int]:
    """Counts the most frequent values by their texts, the most frequent first."""
    pairs = ((str(value), int(count)) for value, count in values.value_counts().items())
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
