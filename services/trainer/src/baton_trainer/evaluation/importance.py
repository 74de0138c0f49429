"""What each column is worth: how much worse the model is where the column is shuffled.

Breiman 2001, doi:10.1023/A:1010933404324, section 10. Columns are those of the table, before any
encoding, and the model is the one that is served. A column that says the same as another may be
worth little although both together are worth much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.engine import Engine
from baton_engine.tables.columns import Array
from baton_registry.versions.signature import Column
from baton_trainer.evaluation import scoring
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.slice_figures import area

MAX_ROWS = 2_000
REPEATS = 5
MAX_SCORED = 500_000
"""Rows scored in all, about: of a wide table fewer rows are shuffled, and once."""

_LEAST_ROWS = 500
_LEAST_OF_CLASS = 50


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


def importances(judge: Judge, seed: int) -> tuple[Importance, ...]:
    """The worth of each column, the most important first; `seed` draws rows and shuffles them."""
    rng = np.random.default_rng(seed)
    repeats = REPEATS if len(judge.columns) * REPEATS * _LEAST_ROWS <= MAX_SCORED else 1
    most = min(MAX_ROWS, max(_LEAST_ROWS, MAX_SCORED // (len(judge.columns) * repeats)))
    rows = _part(judge.outcome.truth, most, rng)
    outcome = judge.outcome.at(rows)
    arrays = scoring.arrays(judge.columns, judge.features.iloc[rows])
    untouched = _roc_auc(judge.engine, arrays, outcome)
    found = []
    for column in judge.columns:
        drops = [
            untouched
            - _roc_auc(
                judge.engine, {**arrays, column.name: rng.permutation(arrays[column.name])}, outcome
            )
            for _ in range(repeats)
        ]
        found.append(Importance(column.name, float(np.mean(drops)), float(np.std(drops))))
    return tuple(sorted(found, key=lambda each: -each.drop))


def _part(truth: NDArray[np.intp], most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """About `most` rows, the same share of each class, of a rare one more."""
    share = min(1.0, most / len(truth))
    classes = (rng.permutation(np.flatnonzero(truth == each)) for each in np.unique(truth))
    return np.concatenate(
        [rows[: max(_LEAST_OF_CLASS, int(np.ceil(share * len(rows))))] for rows in classes]
    )


def _roc_auc(engine: Engine, arrays: Mapping[str, Array], outcome: Outcome) -> float:
    scores = engine.score(arrays).probabilities[:, outcome.shown]
    pairs = zip(outcome.indicator.T, scores.T, strict=True)
    return float(np.mean([area(*each)[0] for each in pairs]))
