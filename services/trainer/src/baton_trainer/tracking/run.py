"""One MLflow run: opened, filled and ended, or marked FAILED after an error."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
from mlflow.entities import LoggedModelOutput, LoggedModelStatus
from mlflow.exceptions import MlflowException
from mlflow.models import Model
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE, MLFLOW_SOURCE_NAME

from baton_common.locations import strip_credentials
from baton_common.texts import get_first_line
from baton_registry.rest.error_codes import INVALID
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import DATA_CHECKSUM_TAG, GATE_TAG
from baton_registry.versions.output_schema import Task
from baton_trainer.errors import RecordError
from baton_trainer.gate.verdict import Verdict
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.columns import column_report
from baton_trainer.tables.table import Table
from baton_trainer.tracking import logged_model
from baton_trainer.tracking.dataset import build_dataset_inputs, has_long_schema
from baton_trainer.tracking.logged_model import Contents
from baton_trainer.tracking.mlflow_limits import MAX_PARAM, truncate_with_ellipsis

_MODEL_TYPES = {"regression": "regressor", "quantiles": "regressor", "anomaly": "anomaly detector"}
_USUAL_COLUMNS = 200
"""With fewer columns than this, the length of the schema is not why MLflow refuses."""


@contextmanager
def open_run(
    settings: TrainerSettings,
    name: str,
    source: str = "baton train",
    effect: str = "nothing was registered",
) -> Iterator[str]:
    """Starts a run that is active until the block ends, and yields its id.

    Args:
        settings: the tracking server and the experiment.
        name: the run's name in the MLflow UI.
        source: the program that the MLflow UI shows.
        effect: what an error means for the user.

    Raises:
        RecordError: MLflow refused, or did not answer.
    """
    try:
        mlflow.set_tracking_uri(settings.tracking_uri)
        mlflow.set_experiment(settings.experiment_name)
        # MLflow's default is the path of the program on this machine.
        with mlflow.start_run(run_name=name, tags={MLFLOW_SOURCE_NAME: source}) as run:
            yield run.info.run_id
    except MlflowException as error:
        raise RecordError(
            f"the tracking server at {strip_credentials(settings.tracking_uri)} did not accept the "
            f"run: {get_first_line(error)}; {effect}"
        ) from error


def log_inputs(run_id: str, table: Table, params: Mapping[str, Any]) -> list[str]:
    """Logs the table and the parameters; returns a line for what MLflow cannot store."""
    log_params(table.sha256, params)
    mlflow.log_dict({"columns": column_report.to_json(table.roles)}, "data/columns.json")
    return _log_datasets(run_id, table)


def log_params(data_sha256: str, params: Mapping[str, Any]) -> None:
    """Logs the parameters, and the checksum of the data file."""
    mlflow.set_tags({DATA_CHECKSUM_TAG: data_sha256})
    mlflow.log_params(_truncate_params(params))


def _log_datasets(run_id: str, table: Table) -> list[str]:
    """Logs training rows and held-out rows, without their schema if the server refuses it."""
    client, inputs = mlflow.MlflowClient(), build_dataset_inputs(table)
    try:
        if not has_long_schema(inputs):
            client.log_inputs(run_id, inputs)
            return []
    except MlflowException as error:  # a server with a lower limit than this version of MLflow
        if error.error_code != INVALID or len(table.columns) <= _USUAL_COLUMNS:
            raise
    client.log_inputs(run_id, build_dataset_inputs(table, with_schema=False))
    line = f"MLflow's dataset is logged without the schema of its {len(table.columns):,} columns"
    return [f"{line}, which is too long for it; see data/columns.json in the run"]


def _truncate_params(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: truncate_with_ellipsis(str(value), MAX_PARAM) for key, value in params.items()}


def log_texts(files: Mapping[str, str]) -> None:
    """Logs files by their path in the run."""
    for path, text in files.items():
        mlflow.log_text(text, path)


def log_verdict(verdict: Verdict) -> None:
    """Logs the gate's verdict."""
    mlflow.set_tags({GATE_TAG: verdict.text})
    mlflow.log_dict(verdict.to_json(), "gate.json")


def log_evaluation(metrics: Mapping[str, float], files: Mapping[str, bytes], model_id: str) -> None:
    """Logs the files, and the metrics for both the run and its model."""
    mlflow.log_metrics(dict(metrics), model_id=model_id)
    with TemporaryDirectory(prefix="baton-report-") as directory:
        for name, content in files.items():
            path = Path(directory, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        mlflow.log_artifacts(directory)


def describe_run(text: str) -> None:
    """Sets the description that the MLflow UI shows on top of the run."""
    mlflow.set_tag(MLFLOW_RUN_NOTE, text)


def log_trial(name: str, params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
    """Logs a trial as a run inside the active one."""
    with mlflow.start_run(run_name=name, nested=True):
        mlflow.log_params(_truncate_params(params))
        mlflow.log_metrics(dict(metrics))


_INVALID_IN_NAMES = str.maketrans(dict.fromkeys("/:.%\"'", "_"))
"""MLflow refuses these in the name of a logged model, but not of a registered one."""


@contextmanager
def create_logged_model(
    name: str, run_id: str, params: Mapping[str, Any], task: Task
) -> Iterator[str]:
    """Creates a logged model and yields its id; it ends as READY, or as FAILED after an error."""
    model = mlflow.initialize_logged_model(
        name=name.translate(_INVALID_IN_NAMES),
        source_run_id=run_id,
        params=_truncate_params(params),
        model_type=_MODEL_TYPES.get(task, "classifier"),
    )
    mlflow.log_outputs([LoggedModelOutput(model.model_id, step=0)])
    try:
        yield model.model_id
    except BaseException:
        mlflow.finalize_logged_model(model.model_id, LoggedModelStatus.FAILED)
        raise
    mlflow.finalize_logged_model(model.model_id, LoggedModelStatus.READY)


def upload_model(contents: Contents, manifest: Manifest, model_id: str, run_id: str) -> str:
    """Writes and uploads a trained model's files; returns the checksum of its manifest.

    Args:
        contents: the model's contents.
        manifest: without its list of files.
        model_id: the logged model's id.
        run_id: the run's id.
    """
    identity = Model(model_uuid=model_id, model_id=model_id, run_id=run_id)
    return upload_files(
        lambda folder: logged_model.save_model(contents, folder, identity), manifest, model_id
    )


def upload_files(
    save: Callable[[Path], None],
    manifest: Manifest,
    model_id: str,
    check: Callable[[Path, str], None] = lambda _folder, _digest: None,
) -> str:
    """Writes and uploads a model's files; returns the checksum of its manifest.

    Args:
        save: writes the files into a folder, which does not exist yet.
        manifest: without its list of files.
        model_id: the logged model's id.
        check: called before the upload with the folder and the checksum of the manifest; raises if
            the files are not fit to be served.
    """
    with TemporaryDirectory(prefix="baton-model-") as directory:
        folder = Path(directory) / "model"
        save(folder)
        digest = logged_model.write_manifest(folder, manifest)
        check(folder, digest)
        mlflow.MlflowClient().log_model_artifacts(model_id, str(folder))
        return digest
