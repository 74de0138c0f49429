"""Stratified cross-validation: every row judged once, by a model that did not learn from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from baton_registry.versions.schema import Label
from baton_trainer.evaluation import outcome as evaluation
from baton_trainer.evaluation.folds import Folds
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.tables.table import Table

LEVEL = 0.95


@dataclass(frozen=True)
class CrossValidation:
    """What came of it.

    Attributes:
        folds: the figures of `evaluation.compute_metrics` in each fold.
        outcome: what was said of every row, in the rows' order.
    """

    folds: Sequence[Mapping[str, float]]
    outcome: Outcome

    @property
    def means(self) -> dict[str, float]:
        """Each figure's mean over the folds."""
        return {name: float(np.mean(self._of(name))) for name in self.folds[0]}

    @property
    def spreads(self) -> dict[str, float]:
        """Each figure's standard deviation over the folds."""
        return {name: float(np.std(self._of(name))) for name in self.folds[0]}

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """Where each figure's mean lies with 95 % confidence, by the corrected t-test.

        Folds share most of what they learn from, so their plain standard error is too small:
        Nadeau and Bengio 2003, doi:10.1023/A:1024068626366, which counts the share judged to the
        share learned from.
        """
        count = len(self.folds)
        factor = np.sqrt(1 / count + 1 / (count - 1)) * stats.t.ppf((1 + LEVEL) / 2, count - 1)
        found = {}
        for name, mean in self.means.items():
            reach = factor * np.std(self._of(name), ddof=1)
            most = np.inf if name in evaluation.UNBOUNDED else 1.0
            found[name] = (max(0.0, float(mean - reach)), min(most, float(mean + reach)))
        return found

    def _of(self, name: str) -> list[float]:
        return [each[name] for each in self.folds]


def cross_validate_table(pipeline: Pipeline, table: Table, seed: int) -> CrossValidation:
    """Judges an unfitted pipeline by the rows that are not held out. Raises as below."""
    learn = ~table.held_out
    folds = Folds(seed, None if table.groups is None else table.groups[learn])
    features, target = table.features[learn], table.target[learn]
    return cross_validate(pipeline, features, target, table.positive, folds)


def cross_validate(
    pipeline: Pipeline,
    features: pd.DataFrame,
    target: pd.Series,
    positive: Label | None = None,
    folds: Folds = Folds(),  # noqa: B008 - frozen
) -> CrossValidation:
    """Judges an unfitted pipeline; `positive` is as in `Outcome.from_labels`.

    Raises:
        DataError: a class has too few rows or ids.
    """
    classes = tuple(sorted(target.unique().tolist()))
    probabilities = np.empty((len(target), len(classes)))
    found = []
    for learn, judge in folds.of(target):
        fitted = clone(pipeline).fit(features.iloc[learn], target.iloc[learn])
        outcome = evaluation.predict_outcome(
            fitted, features.iloc[judge], target.iloc[judge], positive
        )
        probabilities[judge] = outcome.probabilities
        found.append(evaluation.compute_metrics(outcome))
    return CrossValidation(found, Outcome.from_labels(classes, target, probabilities, positive))
