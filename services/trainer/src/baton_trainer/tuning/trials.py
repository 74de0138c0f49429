"""Reports and logs the search for an estimator's arguments: each trial is a nested run."""

from collections.abc import Mapping
from typing import Any

from baton_trainer.models.estimators import Classifier
from baton_trainer.progress import Progress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table
from baton_trainer.tracking import run


def tune(
    table: Table, untuned: Classifier, options: Train, progress: Progress
) -> tuple[Classifier, Mapping[str, Any]]:
    """Returns the best classifier of `options.search` trials, and its tuned arguments.

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
            advance(
                f"cross-validated ROC AUC {trial.metrics[search.METRIC]:.4f}, "
                f"best {search.choose_best(trials).metrics[search.METRIC]:.4f}"
            )
    best = search.choose_best(trials)
    return best.classifier, best.params
