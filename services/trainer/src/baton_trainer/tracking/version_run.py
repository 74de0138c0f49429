"""What the tracking server keeps of a version's run."""

from collections.abc import Mapping
from dataclasses import dataclass

import mlflow
from mlflow.exceptions import MlflowException

from baton_common.texts import first_line
from baton_registry.rest.transport import shown
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.errors import RecordError, RecordMissing
from baton_trainer.settings import TrainerSettings
from baton_trainer.tracking import record
from baton_trainer.tracking.run_record import Record

_NOT_FOUND = "RESOURCE_DOES_NOT_EXIST"


@dataclass(frozen=True)
class RecordedRun:
    """A version's run.

    Attributes:
        metrics: by name, as logged.
        params: by name, as logged.
        record: how to repeat it; None where it does not say.
    """

    metrics: Mapping[str, float]
    params: Mapping[str, str]
    record: Record | None


def read(version: ModelVersion, settings: TrainerSettings) -> RecordedRun | None:
    """The run of a version; None where it has none, or where that was deleted for good.

    Raises:
        RecordMissing: its record is not one that this Baton reads.
        RecordError: the tracking server refused, or gave no answer.
    """
    if not version.run_id:
        return None
    client = mlflow.MlflowClient(settings.tracking_uri)
    try:
        run = client.get_run(version.run_id)
        files = {each.path for each in client.list_artifacts(version.run_id)}
        text = _text(run.info.artifact_uri, settings) if record.FILE in files else None
    except MlflowException as error:
        if error.error_code == _NOT_FOUND:
            return None
        raise RecordError(
            f"the tracking server at {shown(settings.tracking_uri)} did not give the run of "
            f"version {version.version}: {first_line(error)}"
        ) from error
    try:
        found = None if text is None else record.parse(text)
    except RecordMissing as error:
        raise RecordMissing(f"version {version.version}: {error}") from error
    return RecordedRun(run.data.metrics, run.data.params, found)


def _text(artifact_uri: str, settings: TrainerSettings) -> str:
    mlflow.set_tracking_uri(settings.tracking_uri)
    return str(mlflow.artifacts.load_text(f"{artifact_uri}/{record.FILE}"))
