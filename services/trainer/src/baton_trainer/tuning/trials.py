"""The search for an estimator's arguments, told and logged: each trial is a run inside the run."""

from collections.abc import Mapping
from typing import Any

from baton_trainer.models.estimators import Classifier
from baton_trainer.progress import Progress
from baton_trainer.request import Train
from baton_trainer.tables.table import Table
from baton_trainer.tracking import run


def tune(
    table: Table, untuned: Classifier, wanted: Train, progress: Progress
) -> tuple[Classifier, Mapping[str, Any]]:
    """The best classifier of as many trials as are wanted, and the arguments that were found.

    Raises:
        ParameterError: nothing is left to tune.
        DataError: a class has too few rows.
        FitError: the estimator gave up.
    """
    if not wanted.search:
        return untuned, {}
    from baton_trainer.tuning import search  # noqa: PLC0415 - half a second, for who searches

    tried: list[search.Trial] = []
    with progress.track_steps("searching", wanted.search) as advance:
        for trial in search.run_trials(table, untuned, wanted):
            tried.append(trial)
            metrics = {f"cv_{name}": value for name, value in trial.metrics.items()}
            run.log_trial(f"trial {trial.number}", trial.params, metrics)
            advance(
                f"cross-validated ROC AUC {trial.metrics[search.METRIC]:.4f}, "
                f"best {search.choose_best(tried).metrics[search.METRIC]:.4f}"
            )
    best = search.choose_best(tried)
    return best.classifier, best.params
