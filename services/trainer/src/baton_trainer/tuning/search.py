"""Tunes an estimator: trials over its search space, evaluated by cross-validation.

Optuna's tree-structured Parzen estimator proposes the trials (Bergstra et al. 2011, "Algorithms for
hyper-parameter optimization"). The first trial is the untuned estimator, so the result is never
worse than without a search. Trials have their own folds: the reported folds choose nothing.

Only this module imports Optuna.
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
from baton_trainer.evaluation.outcome import Metric
from baton_trainer.evaluation.prediction import get_metric
from baton_trainer.gate.trained_model import catch_fit_errors
from baton_trainer.models import estimators, pipeline, threads
from baton_trainer.models.estimators import Learner
from baton_trainer.models.families import Choice, Family, FloatRange, IntRange
from baton_trainer.progress import NoProgress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table


def _build_distribution(values: FloatRange | IntRange | Choice) -> BaseDistribution:
    if isinstance(values, Choice):
        return CategoricalDistribution(values.values)
    if isinstance(values, IntRange):
        return IntDistribution(values.low, values.high, log=values.is_log, step=values.step)
    return FloatDistribution(values.low, values.high, log=values.is_log)


def build_space(family: Family) -> Mapping[str, BaseDistribution]:
    """Returns what is tuned, by argument."""
    return {argument: _build_distribution(each) for argument, each in family.space.items()}


@dataclass(frozen=True)
class Trial:
    """A set of arguments and its result.

    Attributes:
        number: from 0.
        params: the tuned arguments, by name.
        metrics: the means of all metrics over the folds.
        learner: unfitted, with these arguments.
        metric: by which trials are compared; the gate compares versions by the same metric.
    """

    number: int
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    learner: Learner
    metric: Metric

    @property
    def value(self) -> float:
        """The mean of `metric` over the folds."""
        return self.metrics[self.metric.name]


def run_trials(table: Table, untuned: Learner, options: Train) -> Iterator[Trial]:
    """Runs `options.search` trials, one per step of the iterator.

    Args:
        table: its held-out rows are not used.
        untuned: the learner to start from.
        options: its `params` are not tuned; its seed is that of proposals, folds and learners.

    Raises:
        ParameterError: no argument is left to tune.
        DataError: a class has too few rows.
        FitError: the estimator failed.
    """
    tunable = build_space(untuned.family)
    space = {name: each for name, each in tunable.items() if name not in options.params}
    if not space:
        tuned = ", ".join(tunable)
        raise ParameterError(
            f"no parameter is left to search: {untuned.name} is tuned by {tuned} only; set fewer "
            "parameters, or search 0 trials"
        )
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=options.seed)
    metric = get_metric(table.output_schema)
    study = optuna.create_study(
        direction="minimize" if metric.is_loss else "maximize", sampler=sampler
    )
    study.enqueue_trial({name: untuned.params[name] for name in space})
    fixed = {name: estimators.parse_value(text) for name, text in options.params.items()}
    for number in range(options.search):
        proposal = study.ask(dict(space))
        learner = estimators.build_from_values(
            untuned.kind, untuned.name, {**fixed, **proposal.params}, options.seed
        )
        metrics = _evaluate(table, learner, options.seed)
        trial = Trial(number, proposal.params, metrics, learner, metric)
        study.tell(proposal, trial.value)
        yield trial


def choose_best(tried: list[Trial]) -> Trial:
    """Returns the trial with the best metric; of equal trials, the earlier one."""
    return min(tried, key=lambda trial: (trial.metric.compute_loss(trial.value), trial.number))


def _evaluate(table: Table, learner: Learner, seed: int) -> Mapping[str, float]:
    unfitted = pipeline.build(learner, table.features, table.columns)
    with catch_fit_errors(NoProgress()), threads.limit(len(table.target)):
        # The next seed gives other folds: those of `seed` are for the report.
        return cross_validation.cross_validate_table(unfitted, table, seed + 1).means
