"""Reports and logs the search for an estimator's arguments: each trial is a nested run."""

from collections.abc import Mapping
from typing import Any

from baton_trainer.models.estimators import Learner
from baton_trainer.progress import Progress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table
from baton_trainer.tracking import run


def tune(
    table: Table, untuned: Learner, options: Train, progress: Progress
) -> tuple[Learner, Mapping[str, Any]]:
    """Returns the best learner of `options.search` trials, and its tuned arguments.

    Raises:
        ParameterError: no argument is left to tune.
        DataError: a class has too few rows.
        FitError: the estimator failed.
    """
    if not options.search:
        return untuned, {}
    from baton_trainer.tuning import search  # noqa: PLC0415 - half a second, only for a search

    trials: list[search.Trial] = []
    with progress.track_steps("searching", options.search) as advance:
        for trial in search.run_trials(table, untuned, options):
            trials.append(trial)
            metrics = {f"cv_{name}": value for name, value in trial.metrics.items()}
            run.log_trial(f"trial {trial.number}", trial.params, metrics)
            metric, best = trial.metric, search.choose_best(trials)
            advance(
                f"cross-validated {metric.title} {metric.format_value(trial.value)}, "
                f"best {metric.format_value(best.value)}"
            )
    best = search.choose_best(trials)
    return best.learner, best.params
