"""Cross-validation: scores every row once, by a model that did not learn from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import clone, is_classifier
from sklearn.pipeline import Pipeline

from baton_registry.versions.output_schema import Label
from baton_trainer.evaluation.confidence import UPPER_QUANTILE
from baton_trainer.evaluation.folds import Fold, Folds, Indices
from baton_trainer.evaluation.outcome import Outcome, join_outcomes
from baton_trainer.evaluation.prediction import predict_outcome
from baton_trainer.tables.table import Table

Part = tuple[Indices, Outcome]
"""The test rows of a fold, and the predictions for them."""


@dataclass(frozen=True)
class CrossValidation:
    """The result of a cross-validation.

    Attributes:
        folds: the metrics of each fold, as `Outcome.compute_metrics` names them.
        outcome: the predictions for all rows, in their order.
    """

    folds: Sequence[Mapping[str, float]]
    outcome: Outcome

    @classmethod
    def from_parts(cls, parts: Sequence[Part]) -> "CrossValidation":
        """Joins all folds."""
        metrics = [outcome.compute_metrics() for _, outcome in parts]
        return cls(metrics, join_outcomes(parts))

    @property
    def means(self) -> dict[str, float]:
        """The mean of each metric over the folds."""
        return {name: float(np.mean(self._list_values(name))) for name in self.folds[0]}

    @property
    def spreads(self) -> dict[str, float]:
        """The standard deviation of each metric over the folds."""
        return {name: float(np.std(self._list_values(name))) for name in self.folds[0]}

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % confidence interval of each mean, by the corrected resampled t-test.

        Folds share most of their training rows, so the plain standard error is too small. The
        correction adds the ratio of evaluation rows to training rows: Nadeau and Bengio 2003,
        doi:10.1023/A:1024068626366.
        """
        count = len(self.folds)
        factor = np.sqrt(1 / count + 1 / (count - 1)) * stats.t.ppf(UPPER_QUANTILE, count - 1)
        intervals = {}
        for name, mean in self.means.items():
            reach = factor * np.std(self._list_values(name), ddof=1)
            least, most = self.outcome.bound(name)
            intervals[name] = (max(least, float(mean - reach)), min(most, float(mean + reach)))
        return intervals

    def _list_values(self, name: str) -> list[float]:
        return [each[name] for each in self.folds]


def cross_validate_table(pipeline: Pipeline, table: Table, seed: int) -> CrossValidation:
    """Cross-validates an unfitted pipeline on the rows that are not held out; raises as below."""
    features, target, folds = select_training_rows(table, seed)
    return cross_validate(pipeline, features, target, table.positive, folds)


def select_training_rows(table: Table, seed: int) -> tuple[pd.DataFrame, pd.Series, Folds]:
    """Selects the rows that are not held out, and divides them into folds."""
    rows = ~table.held_out
    folds = Folds(seed, None if table.groups is None else table.groups[rows])
    return table.features[rows], table.target[rows], folds


def cross_validate(
    pipeline: Pipeline,
    features: pd.DataFrame,
    target: pd.Series,
    positive: Label | None = None,
    folds: Folds = Folds(),  # noqa: B008 - frozen
) -> CrossValidation:
    """Cross-validates an unfitted pipeline; `positive` is as in `ClassOutcome.from_labels`.

    Raises:
        DataError: a class has too few rows or ids.
    """
    divided = folds.split(target, stratified=is_classifier(pipeline))
    parts = [evaluate_fold(pipeline, features, target, positive, fold) for fold in divided]
    return CrossValidation.from_parts(parts)


def evaluate_fold(
    pipeline: Pipeline,
    features: pd.DataFrame,
    target: pd.Series,
    positive: Label | None,
    fold: Fold,
) -> Part:
    """Fits an unfitted pipeline on the training rows of a fold, and predicts its test rows."""
    train, test = fold
    fitted = clone(pipeline).fit(features.iloc[train], target.iloc[train])
    return test, predict_outcome(fitted, features.iloc[test], target.iloc[test], positive)
