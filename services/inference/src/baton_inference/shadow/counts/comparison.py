"""Compares the answers of both versions to the same rows, as counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_engine.compared_scores import is_scaled, select_compared_scores
from baton_engine.engine import Scores
from baton_inference.shadow.counts.score_scales import Floats, ScoreScales
from baton_registry.versions.output_schema import LABEL, OutputSchema
from baton_rollout.signals import GRID

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Differences:
    """How two answers to the same rows differ.

    Attributes:
        rows: the number of rows.
        other_labels: the number of rows with another label; 0 for tasks without labels.
        scores: by class or output, the number of rows at each difference of `GRID`.
    """

    rows: int
    other_labels: int
    scores: Mapping[str, Counts]


def find_unusable_rows(scores: Scores) -> Flags:
    """Finds the rows with a number that is NaN or infinite, shape `[n]`."""
    tables = [
        np.isfinite(values).reshape(len(values), -1).all(axis=1)
        for values in scores.values()
        if values.dtype.kind == "f"
    ]
    if not tables:
        (values, *_) = scores.values()
        return np.zeros(len(values), np.bool_)
    is_usable: Flags = np.logical_and.reduce(tables)
    return ~is_usable


def compare_answers(
    schema: OutputSchema,
    production: Scores,
    canary: Scores,
    scales: ScoreScales,
    random: np.random.Generator,
) -> Differences:
    """Compares two answers to the same rows, all of them usable.

    Args:
        schema: the task and outputs of both versions.
        production: production's answer.
        canary: the canary's answer.
        scales: the scales of scores that have a unit.
        random: rounds the differences to the grid.
    """
    others = 0
    if LABEL in production:
        differs = np.asarray(production[LABEL] != canary[LABEL])
        others = int(differs.reshape(len(differs), -1).any(axis=1).sum())
    befores = select_compared_scores(schema, production)
    counts: dict[str, Counts] = {}
    for name, now in select_compared_scores(schema, canary).items():
        difference = now - befores[name]
        if is_scaled(schema):
            scale = scales.find(name, befores[name])
            if scale is None:
                continue
            difference = difference / scale
        counts[name] = count_on_grid(difference, random)
    rows = len(next(iter(befores.values())))
    return Differences(rows, others, counts)


def count_on_grid(differences: Floats, random: np.random.Generator) -> Counts:
    """Counts differences on `GRID`, shape `[41]`; those beyond -1 and 1 count as -1 and 1.

    A difference is rounded to one of its two neighbours, the nearer one more likely, so that the
    mean stays the same: see `baton_rollout.signals.round_randomly`.
    """
    steps = (len(GRID) - 1) / 2
    positions = (np.clip(differences, -1, 1) + 1) * steps
    lower = np.floor(positions)
    indices = (lower + (random.random(len(positions)) < positions - lower)).astype(np.int64)
    return np.bincount(indices, minlength=len(GRID))
