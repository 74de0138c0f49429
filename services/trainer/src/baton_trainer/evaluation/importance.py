"""Permutation importance: how much worse the model's metric is if a column is shuffled.

Breiman 2001, doi:10.1023/A:1010933404324, section 10. It covers the columns of the table before any
encoding, and the exported model. Two columns with the same information share their importance, so
each may look unimportant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.engine import Engine, Scores
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column
from baton_trainer.evaluation import scoring
from baton_trainer.evaluation.outcome import Outcome

MAX_ROWS = 2_000
REPEATS = 5
MAX_SCORED = 500_000
"""About how many rows are scored in all: a wide table has fewer rows and one shuffle each."""
MAX_CELLS = 2**32
"""How many cells are scored in all, which takes some minutes."""

_MIN_ROWS = 500
_MIN_STRATUM_ROWS = 50
_CALL_ROWS = 50_000
_CALL_CELLS = 2**23
"""Of one call of the model: 64 MB."""


@dataclass(frozen=True)
class Importance:
    """The importance of a column.

    Attributes:
        column: its name.
        drop: how much worse the metric is if it is shuffled, the mean over the shuffles.
        spread: the standard deviation over the shuffles.
    """

    column: str
    drop: float
    spread: float


@dataclass(frozen=True)
class EvaluatedModel:
    """A model and its predictions for rows that it did not learn from.

    Attributes:
        engine: the model.
        columns: its inputs.
        features: the rows, shape `[n, columns]`.
        outcome: its predictions for them.
    """

    engine: Engine
    columns: Sequence[Column]
    features: pd.DataFrame
    outcome: Outcome


def measure_importances(model: EvaluatedModel, seed: int) -> tuple[Importance, ...]:
    """Measures each column, the most important first; returns none if there are too many columns.

    Args:
        model: the model and the rows.
        seed: for the sample of rows and the shuffles.
    """
    rng = np.random.default_rng(seed)
    width = len(model.columns)
    repeats = REPEATS if width * REPEATS * _MIN_ROWS <= MAX_SCORED else 1
    most = min(MAX_ROWS, max(_MIN_ROWS, MAX_SCORED // (width * repeats)))
    if width**2 * repeats * min(most, len(model.features)) > MAX_CELLS:
        return ()
    rows = _sample_rows(model.outcome.strata, most, rng)
    outcome = model.outcome.select(rows)
    arrays = scoring.build_arrays(model.columns, model.features.iloc[rows])
    baseline = _compute_loss(outcome, model.engine.score(arrays))
    shuffles = (
        (column.name, rng.permutation(arrays[column.name]))
        for column in model.columns
        for _ in range(repeats)
    )
    drops: dict[str, list[float]] = {column.name: [] for column in model.columns}
    for name, scores in _score_shuffles(model.engine, arrays, shuffles, len(rows)):
        drops[name].append(_compute_loss(outcome, scores) - baseline)
    importances = [
        Importance(name, float(np.mean(each)), float(np.std(each))) for name, each in drops.items()
    ]
    return tuple(sorted(importances, key=lambda each: -each.drop))


def _score_shuffles(
    engine: Engine, arrays: Mapping[str, Array], shuffles: Iterator[tuple[str, Array]], rows: int
) -> Iterator[tuple[str, Scores]]:
    """Yields the column and the scores of each shuffle.

    Each call scores many shuffles: a call costs some microseconds per column, so one call for each
    column of a wide table would take hours.
    """
    at_once = max(1, min(_CALL_ROWS // rows, _CALL_CELLS // (rows * len(arrays))))
    tiled = {name: np.tile(values, at_once) for name, values in arrays.items()}
    while batch := [*islice(shuffles, at_once)]:
        for index, (name, values) in enumerate(batch):
            tiled[name][index * rows : (index + 1) * rows] = values
        inputs = {name: values[: len(batch) * rows] for name, values in tiled.items()}
        scores = engine.score(inputs)
        for index, (name, _) in enumerate(batch):
            part = slice(index * rows, (index + 1) * rows)
            tiled[name][part] = arrays[name]
            yield name, {output: values[part] for output, values in scores.items()}


def _sample_rows(strata: NDArray[np.intp], most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Samples about `most` rows, the same share of each stratum, but more of a rare one."""
    share = min(1.0, most / len(strata))
    parts = (rng.permutation(np.flatnonzero(strata == each)) for each in np.unique(strata))
    return np.concatenate(
        [rows[: max(_MIN_STRATUM_ROWS, int(np.ceil(share * len(rows))))] for rows in parts]
    )


def _compute_loss(outcome: Outcome, scores: Scores) -> float:
    return outcome.metric.compute_loss(outcome.replace_answers(scores).quality)
