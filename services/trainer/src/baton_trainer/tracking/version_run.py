"""The MLflow run of a registered version, read from the tracking server."""

from collections.abc import Mapping
from dataclasses import dataclass

import mlflow
from mlflow.exceptions import MlflowException

from baton_common.locations import strip_credentials
from baton_common.texts import get_first_line
from baton_registry.rest.error_codes import NOT_FOUND
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.errors import RecordError, RecordMissing
from baton_trainer.settings import TrainerSettings
from baton_trainer.tracking.run_record import RECORD_FILE, RunRecord, parse_record


@dataclass(frozen=True)
class VersionRun:
    """A version's run.

    Attributes:
        metrics: by name, as logged.
        params: by name, as logged.
        record: the run record; None if the run has none.
    """

    metrics: Mapping[str, float]
    params: Mapping[str, str]
    record: RunRecord | None


def read_run(version: ModelVersion, settings: TrainerSettings) -> VersionRun | None:
    """Reads the run of a version; None if the version has no run, or it was deleted for good.

    Raises:
        RecordMissing: this version of Baton cannot read the run record.
        RecordError: the tracking server refused, or did not answer.
    """
    if not version.run_id:
        return None
    client = mlflow.MlflowClient(settings.tracking_uri)
    try:
        run = client.get_run(version.run_id)
        files = {each.path for each in client.list_artifacts(version.run_id)}
        has_record = RECORD_FILE in files
        text = _read_record(run.info.artifact_uri, settings) if has_record else None
    except MlflowException as error:
        if error.error_code == NOT_FOUND:
            return None
        raise RecordError(
            f"cannot read the run of version {version.version} from the tracking server at "
            f"{strip_credentials(settings.tracking_uri)}: {get_first_line(error)}"
        ) from error
    try:
        record = None if text is None else parse_record(text)
    except RecordMissing as error:
        raise RecordMissing(f"version {version.version}: {error}") from error
    return VersionRun(run.data.metrics, run.data.params, record)


def _read_record(artifact_uri: str, settings: TrainerSettings) -> str:
    mlflow.set_tracking_uri(settings.tracking_uri)
    return str(mlflow.artifacts.load_text(f"{artifact_uri}/{RECORD_FILE}"))
