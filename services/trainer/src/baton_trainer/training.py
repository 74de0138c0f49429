"""One training, from the table to the registered version."""

import contextlib
from collections.abc import Callable, Sequence

from baton_common.locations import strip_credentials
from baton_registry.errors import AliasNotSet
from baton_registry.rest.client import RegistryClient
from baton_trainer.errors import RequestError
from baton_trainer.models import estimators
from baton_trainer.models.families import get_kind
from baton_trainer.progress import NoProgress, Progress
from baton_trainer.request import TrainRequest
from baton_trainer.settings import TrainerSettings, configure_mlflow
from baton_trainer.tables import loading
from baton_trainer.tables.columns import column_report, look_alikes
from baton_trainer.tables.table import Table
from baton_trainer.tracking import mlflow_limits, run
from baton_trainer.tracking.quiet import silence_libraries
from baton_trainer.train_result import TrainResult
from baton_trainer.training_run import TrainingRun
from baton_trainer.tuning.place import HERE, SearchPlace


def train(  # noqa: PLR0913 - the last ones are optional
    request: TrainRequest,
    settings: TrainerSettings,
    progress: Progress | None = None,
    command: Sequence[str] = (),
    on_registering: Callable[[], None] = lambda: None,
    *,
    place: SearchPlace = HERE,
) -> TrainResult:
    """Trains, evaluates, logs and registers a version; moves `challenger` if it passes the gate.

    The table is checked before the first request to the registry, and the registry before the long
    work begins. A failure leaves nothing registered.

    Args:
        request: the training request.
        settings: the trainer's settings.
        progress: None: no progress is shown.
        command: the command line, which the run record keeps without its secrets.
        on_registering: called before the few calls that register the version, move the alias and
            end the run. A caller that handles signals should block them from then on.
        place: where the trials of a search run.

    Raises:
        TrainError: the table, the estimator or MLflow is at fault; the text is one line.
        RegistryError: the registry did not answer, or refused.
    """
    progress = progress or NoProgress()
    configure_mlflow(settings)
    with silence_libraries(), settings.open_registry() as registry:
        progress.start_phase("reading the table")
        table = _load_table(request, progress)
        kind = get_kind(table.output_schema)
        request = request.complete(is_regression=kind == "regressor")
        options = request.train
        learner = estimators.build_learner(kind, options.estimator, options.params, options.seed)
        progress.start_phase("checking the registry")
        _check_registry(registry, settings)
        with run.open_run(settings, options.estimator) as run_id:
            training = TrainingRun(
                run_id, request, table, settings, registry, progress, on_registering, place
            )
            return training.execute(learner, command)


def _load_table(request: TrainRequest, progress: Progress) -> Table:
    """Loads and checks the table; shows its columns, notes and warnings."""
    table = loading.load(request)
    look_alikes.check_labels(table.target, table.name)
    for note in table.notes:
        progress.note(note)
    progress.show(column_report.build_table(table.roles))
    for warning in table.warnings:
        progress.warn(warning)
    if table.positive is None and request.train.has_costs:
        if not table.classes:
            raise RequestError(
                "cost_fp and cost_fn are costs of wrong classes, but the task is regression; "
                "remove --cost-fp and --cost-fn"
            )
        progress.warn("cost_fp and cost_fn are ignored: they need a target with two classes")
    mlflow_limits.check_columns(table.columns, table.name)
    return table


def _check_registry(registry: RegistryClient, settings: TrainerSettings) -> None:
    mlflow_limits.check_server(registry, strip_credentials(settings.tracking_uri))
    with contextlib.suppress(AliasNotSet):
        registry.resolve_alias(settings.model_name, settings.alias)
