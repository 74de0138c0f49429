"""A version's run: reads the figures of training, adds the metrics of its life."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import NamedTuple

import mlflow
from mlflow.entities import LifecycleStage, Metric
from mlflow.exceptions import MlflowException

from baton_common.locations import strip_credentials
from baton_common.texts import get_first_line
from baton_registry.rest.error_codes import NOT_FOUND
from baton_trainer.errors import RecordError
from baton_trainer.settings import TrainerSettings


class TrainingFigures(NamedTuple):
    """What a training run says about its version.

    Attributes:
        metrics: by name.
        positive: of two classes, the one that they describe; None if the run names none.
    """

    metrics: Mapping[str, float]
    positive: str | None = None


def read_figures(run_id: str, settings: TrainerSettings) -> TrainingFigures:
    """Reads the figures of a run; none if it was deleted.

    Raises:
        RecordError: the tracking server refused, or did not answer.
    """
    try:
        data = mlflow.MlflowClient(settings.tracking_uri).get_run(run_id).data
    except MlflowException as error:
        if error.error_code == NOT_FOUND:
            return TrainingFigures({})
        raise _create_error("read", settings, error) from error
    return TrainingFigures(data.metrics, data.params.get("positive"))


def add_metrics(
    run_id: str, metrics: Mapping[str, float], at: datetime, settings: TrainerSettings
) -> None:
    """Adds metrics to a finished run, those that are finite; none to a run that was deleted.

    Their step is the number of days since the run started, so that a chart shows the training, at
    step 0, and the life after it.

    Raises:
        RecordError: the tracking server refused, or did not answer.
    """
    client = mlflow.MlflowClient(settings.tracking_uri)
    try:
        run = client.get_run(run_id).info
        if run.lifecycle_stage != LifecycleStage.ACTIVE:
            return
        step = max((at - datetime.fromtimestamp(run.start_time / 1000, UTC)).days, 0)
        time_ms = int(at.timestamp() * 1000)
        values = [
            Metric(name, value, time_ms, step) for name, value in metrics.items() if isfinite(value)
        ]
        client.log_batch(run_id, metrics=values)
    except MlflowException as error:
        if error.error_code == NOT_FOUND:
            return
        raise _create_error("add metrics to", settings, error) from error


def _create_error(what: str, settings: TrainerSettings, error: MlflowException) -> RecordError:
    server = strip_credentials(settings.tracking_uri)
    return RecordError(
        f"cannot {what} a version's run on the tracking server at {server}: {get_first_line(error)}"
    )
