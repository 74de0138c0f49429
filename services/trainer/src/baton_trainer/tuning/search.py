"""Tuning: a number of trials over an estimator's space, judged by cross-validation.

Trials are proposed by the tree-structured Parzen estimator of Optuna (Bergstra et al. 2011,
"Algorithms for hyper-parameter optimization"). The first trial is the untuned estimator, so that
the best is never worse than not having searched. Trials are judged on folds of their own: the
folds whose figures are reported chose nothing.

Optuna is imported with this module, and by nobody else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from baton_trainer.errors import ParameterError
from baton_trainer.evaluation import cross_validation
from baton_trainer.gate.trained_model import catch_fit_errors
from baton_trainer.models import estimators, pipeline, threads
from baton_trainer.models.estimators import Classifier
from baton_trainer.progress import NoProgress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table

METRIC = "roc_auc"
"""What makes a trial the best: the mean over the folds, as the gate judges by it too."""

_LEARNING_RATE = FloatDistribution(0.01, 0.2, log=True)
_TREES = IntDistribution(50, 400, step=10)
_SHARE = FloatDistribution(0.4, 1.0)
_OF_BOTH_LIBRARIES = {
    "learning_rate": _LEARNING_RATE,
    "n_estimators": _TREES,
    "reg_lambda": FloatDistribution(0.0, 10.0),
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
}

SPACES: Mapping[str, Mapping[str, BaseDistribution]] = {
    "logistic": {"C": FloatDistribution(1e-3, 1e3, log=True)},
    "hist_gradient_boosting": {
        "learning_rate": _LEARNING_RATE,
        "max_iter": _TREES,
        "max_leaf_nodes": IntDistribution(3, 31, log=True),
        "min_samples_leaf": IntDistribution(5, 200, log=True),
        "l2_regularization": FloatDistribution(0.0, 10.0),
        "max_features": _SHARE,
    },
    "random_forest": {
        "min_samples_leaf": IntDistribution(1, 50, log=True),
        "max_features": CategoricalDistribution(["sqrt", 0.25, 0.5, 0.75]),
    },
    "lightgbm": {
        **_OF_BOTH_LIBRARIES,
        "num_leaves": IntDistribution(3, 31, log=True),
        "min_child_samples": IntDistribution(5, 200, log=True),
    },
    "xgboost": {
        **_OF_BOTH_LIBRARIES,
        "max_depth": IntDistribution(2, 6),
        "min_child_weight": IntDistribution(1, 50, log=True),
    },
}
"""What is tuned, by estimator. Everything here has an ONNX form."""


@dataclass(frozen=True)
class Trial:
    """A set of arguments and what came of it.

    Attributes:
        number: from 0.
        params: those that were tuned, by name.
        metrics: the means of `evaluation.compute_metrics` over the folds.
        classifier: unfitted, with these arguments.
    """

    number: int
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    classifier: Classifier


def run_trials(table: Table, untuned: Classifier, wanted: Train) -> Iterator[Trial]:
    """Tries as many sets of arguments as are wanted, one each time it is asked.

    Args:
        table: its held-out rows are not looked at.
        untuned: the classifier to start from.
        wanted: what the user has decided is not tuned; the seed is that of the proposals, of the
            folds and of the classifiers.

    Raises:
        ParameterError: nothing is left to tune.
        DataError: a class has too few rows.
        FitError: the estimator gave up.
    """
    space = {name: each for name, each in SPACES[untuned.name].items() if name not in wanted.params}
    if not space:
        tuned = ", ".join(SPACES[untuned.name])
        raise ParameterError(f"nothing is left to search: {untuned.name} is tuned by {tuned} only")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=wanted.seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial({name: untuned.params[name] for name in space})
    fixed = {name: estimators.parse_value(text) for name, text in wanted.params.items()}
    for number in range(wanted.search):
        asked = study.ask(dict(space))
        classifier = estimators.build_from_values(
            untuned.name, {**fixed, **asked.params}, wanted.seed
        )
        metrics = _evaluate(table, classifier, wanted.seed)
        study.tell(asked, metrics[METRIC])
        yield Trial(number, asked.params, metrics, classifier)


def choose_best(tried: list[Trial]) -> Trial:
    """The one of the highest `METRIC`, the earlier one of two that are equal."""
    return max(tried, key=lambda trial: (trial.metrics[METRIC], -trial.number))


def _evaluate(table: Table, classifier: Classifier, seed: int) -> Mapping[str, float]:
    unfitted = pipeline.build(classifier, table.features, table.columns)
    with catch_fit_errors(NoProgress()), threads.limit(len(table.target)):
        # The folds of the next seed: those of `seed` are for the report.
        return cross_validation.cross_validate_table(unfitted, table, seed + 1).means
