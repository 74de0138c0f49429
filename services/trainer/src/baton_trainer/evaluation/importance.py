"""What each column is worth: how much worse the model is where the column is shuffled.

Breiman 2001, doi:10.1023/A:1010933404324, section 10. Columns are those of the table, before any
encoding, and the model is the one that is served. A column that says the same as another may be
worth little although both together are worth much.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.engine import Engine
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column
from baton_trainer.evaluation import scoring
from baton_trainer.evaluation.outcome import Floats, Outcome
from baton_trainer.evaluation.slice_figures import compute_auc

MAX_ROWS = 2_000
REPEATS = 5
MAX_SCORED = 500_000
"""Rows scored in all, about: of a wide table fewer rows are shuffled, and once."""
MAX_CELLS = 2**32
"""Cells scored in all, some minutes: each column is shuffled among all others."""

_LEAST_ROWS = 500
_LEAST_OF_CLASS = 50
_CALL_ROWS = 50_000
_CALL_CELLS = 2**23
"""Of one call of the model: what 64 MB hold."""


@dataclass(frozen=True)
class Importance:
    """What a column is worth.

    Attributes:
        column: its name.
        drop: of the ROC AUC where it is shuffled, the mean of some shuffles.
        spread: the standard deviation over the shuffles.
    """

    column: str
    drop: float
    spread: float


@dataclass(frozen=True)
class Judge:
    """A model and rows to judge it by.

    Attributes:
        engine: the model.
        columns: what it takes.
        features: rows that it did not learn from, shape `[n, columns]`.
        outcome: what it says of them.
    """

    engine: Engine
    columns: Sequence[Column]
    features: pd.DataFrame
    outcome: Outcome


def measure_importances(judge: Judge, seed: int) -> tuple[Importance, ...]:
    """The worth of each column, the most important first; none if they are too many to measure.

    Args:
        judge: the model and the rows.
        seed: draws rows and shuffles them.
    """
    rng = np.random.default_rng(seed)
    width = len(judge.columns)
    repeats = REPEATS if width * REPEATS * _LEAST_ROWS <= MAX_SCORED else 1
    most = min(MAX_ROWS, max(_LEAST_ROWS, MAX_SCORED // (width * repeats)))
    if width**2 * repeats * min(most, len(judge.features)) > MAX_CELLS:
        return ()
    rows = _sample_rows(judge.outcome.truth, most, rng)
    outcome = judge.outcome.at(rows)
    arrays = scoring.build_arrays(judge.columns, judge.features.iloc[rows])
    untouched = _compute_roc_auc(judge.engine.score(arrays).probabilities, outcome)
    shuffles = (
        (column.name, rng.permutation(arrays[column.name]))
        for column in judge.columns
        for _ in range(repeats)
    )
    drops: dict[str, list[float]] = {column.name: [] for column in judge.columns}
    for name, probabilities in _score_shuffles(judge.engine, arrays, shuffles, len(rows)):
        drops[name].append(untouched - _compute_roc_auc(probabilities, outcome))
    found = [
        Importance(name, float(np.mean(each)), float(np.std(each))) for name, each in drops.items()
    ]
    return tuple(sorted(found, key=lambda each: -each.drop))


def _score_shuffles(
    engine: Engine, arrays: Mapping[str, Array], shuffles: Iterator[tuple[str, Array]], rows: int
) -> Iterator[tuple[str, Floats]]:
    """What the model says of the rows with one column shuffled, for each shuffle.

    Many shuffles are scored in one call: a call costs some microseconds a column, so one for each
    column of a wide table would take hours.
    """
    at_once = max(1, min(_CALL_ROWS // rows, _CALL_CELLS // (rows * len(arrays))))
    tiled = {name: np.tile(values, at_once) for name, values in arrays.items()}
    while batch := [*islice(shuffles, at_once)]:
        for place, (name, values) in enumerate(batch):
            tiled[name][place * rows : (place + 1) * rows] = values
        sent = {name: values[: len(batch) * rows] for name, values in tiled.items()}
        probabilities = engine.score(sent).probabilities
        for place, (name, _) in enumerate(batch):
            part = slice(place * rows, (place + 1) * rows)
            tiled[name][part] = arrays[name]
            yield name, probabilities[part]


def _sample_rows(truth: NDArray[np.intp], most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """About `most` rows, the same share of each class, of a rare one more."""
    share = min(1.0, most / len(truth))
    classes = (rng.permutation(np.flatnonzero(truth == each)) for each in np.unique(truth))
    return np.concatenate(
        [rows[: max(_LEAST_OF_CLASS, int(np.ceil(share * len(rows))))] for rows in classes]
    )


def _compute_roc_auc(probabilities: Floats, outcome: Outcome) -> float:
    pairs = zip(outcome.indicator.T, probabilities[:, outcome.shown].T, strict=True)
    return float(np.mean([compute_auc(*each)[0] for each in pairs]))
