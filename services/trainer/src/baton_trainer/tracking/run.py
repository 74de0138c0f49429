"""One MLflow run: opened, filled, ended, marked FAILED where anything went wrong inside."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
from mlflow.entities import LoggedModelOutput, LoggedModelStatus
from mlflow.exceptions import MlflowException
from mlflow.models import Model
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE, MLFLOW_SOURCE_NAME

from baton_common.texts import first_line
from baton_registry.rest.transport import shown
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import DATA_CHECKSUM_TAG, GATE_TAG
from baton_trainer.errors import RecordError
from baton_trainer.gate.verdict import Verdict
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.columns import column_report
from baton_trainer.tables.table import Table
from baton_trainer.tracking import dataset, logged_model, mlflow_limits
from baton_trainer.tracking.logged_model import Contents
from baton_trainer.tracking.mlflow_limits import MAX_SHOWN_PARAM

_REFUSED = "INVALID_PARAMETER_VALUE"
_USUAL_COLUMNS = 200
"""A refusal of fewer columns is not about the length of their schema."""


@contextmanager
def opened(settings: TrainerSettings, estimator: str) -> Iterator[str]:
    """Starts a run, active until the block ends, and gives its id.

    Raises:
        RecordError: MLflow refused, or gave no answer.
    """
    try:
        mlflow.set_tracking_uri(settings.tracking_uri)
        mlflow.set_experiment(settings.experiment_name)
        # MLflow's own would be the path of the program on this machine.
        with mlflow.start_run(run_name=estimator, tags={MLFLOW_SOURCE_NAME: "baton train"}) as run:
            yield run.info.run_id
    except MlflowException as error:
        raise RecordError(
            f"the tracking server at {shown(settings.tracking_uri)} did not take the run: "
            f"{first_line(error)}; nothing was registered"
        ) from error


def log_inputs(run_id: str, table: Table, params: Mapping[str, Any]) -> list[str]:
    """Logs the table and the parameters; gives a line for what MLflow cannot hold."""
    mlflow.set_tags({DATA_CHECKSUM_TAG: table.sha256})
    mlflow.log_params(_cut(params))
    mlflow.log_dict({"columns": column_report.to_json(table.roles)}, "data/columns.json")
    return _log_datasets(run_id, table)


def _log_datasets(run_id: str, table: Table) -> list[str]:
    """Logs the two parts of the table, without their schema where the server refuses it."""
    client, whole = mlflow.MlflowClient(), dataset.inputs(table)
    try:
        if not dataset.has_long_schema(whole):
            client.log_inputs(run_id, whole)
            return []
    except MlflowException as error:  # a server that allows less than this version of MLflow
        if error.error_code != _REFUSED or len(table.columns) <= _USUAL_COLUMNS:
            raise
    client.log_inputs(run_id, dataset.inputs(table, with_schema=False))
    line = f"MLflow cannot hold the schema of {len(table.columns):,} columns with the run's dataset"
    return [f"{line}; it is left out there and is in data/columns.json"]


def _cut(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: mlflow_limits.cut(str(value), MAX_SHOWN_PARAM) for key, value in params.items()}


def log_texts(files: Mapping[str, str]) -> None:
    """Logs files by their path in the run."""
    for path, text in files.items():
        mlflow.log_text(text, path)


def log_verdict(verdict: Verdict) -> None:
    """Logs what the gate says."""
    mlflow.set_tags({GATE_TAG: verdict.text})
    mlflow.log_dict(verdict.to_json(), "gate.json")


def log_evaluation(metrics: Mapping[str, float], files: Mapping[str, bytes], model_id: str) -> None:
    """Logs metrics, shown with the run and with its model, and the files of the report."""
    mlflow.log_metrics(dict(metrics), model_id=model_id)
    with TemporaryDirectory(prefix="baton-report-") as directory:
        for name, content in files.items():
            path = Path(directory, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        mlflow.log_artifacts(directory)


def describe(text: str) -> None:
    """Sets what the MLflow UI shows on top of the run."""
    mlflow.set_tag(MLFLOW_RUN_NOTE, text)


def log_trial(name: str, params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
    """Logs a trial as a run inside the active one."""
    with mlflow.start_run(run_name=name, nested=True):
        mlflow.log_params(_cut(params))
        mlflow.log_metrics(dict(metrics))


_PLAIN = str.maketrans(dict.fromkeys("/:.%\"'", "_"))
"""What MLflow refuses in the name of a logged model, though not in that of a registered one."""


@contextmanager
def new_model(name: str, run_id: str, params: Mapping[str, Any]) -> Iterator[str]:
    """Announces a logged model and gives its id; READY when the block ends well, else FAILED."""
    model = mlflow.initialize_logged_model(
        name=name.translate(_PLAIN),
        source_run_id=run_id,
        params=_cut(params),
        model_type="classifier",
    )
    mlflow.log_outputs([LoggedModelOutput(model.model_id, step=0)])
    try:
        yield model.model_id
    except BaseException:
        mlflow.finalize_logged_model(model.model_id, LoggedModelStatus.FAILED)
        raise
    mlflow.finalize_logged_model(model.model_id, LoggedModelStatus.READY)


def upload(contents: Contents, record: Manifest, model_id: str, run_id: str) -> str:
    """Writes and uploads the model's files; gives the checksum of its manifest.

    Args:
        contents: what the model is made of.
        record: what the manifest says beside the files.
        model_id: the logged model's.
        run_id: the run's.
    """
    identity = Model(model_uuid=model_id, model_id=model_id, run_id=run_id)
    with TemporaryDirectory(prefix="baton-model-") as directory:
        folder = Path(directory) / "model"
        logged_model.save(contents, folder, identity)
        digest = logged_model.add_manifest(folder, record)
        mlflow.MlflowClient().log_model_artifacts(model_id, str(folder))
        return digest
