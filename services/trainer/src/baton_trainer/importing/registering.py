"""Registers an imported version: a run, a logged model with both flavors, a version."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baton_engine.engine import EngineError
from baton_engine.onnx.opening import open_engine
from baton_engine.onnx.weights import find_weight_files
from baton_engine.open_version import open_version
from baton_registry.errors import RegistryError
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import reopen
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import GATE_TAG, MANIFEST_TAG, ModelVersion
from baton_trainer.errors import ImportFailed
from baton_trainer.gate.verdict import Verdict
from baton_trainer.importing import imported_model
from baton_trainer.importing.comparison.choosing import ComparedModel
from baton_trainer.importing.imported_model import ImportedModel
from baton_trainer.importing.isolation.job import Conversion
from baton_trainer.importing.rows.rows import Rows
from baton_trainer.importing.source.version import SourceVersion
from baton_trainer.progress import Progress
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.columns.made_up_values import hide_categories
from baton_trainer.tracking import registration, run
from baton_trainer.tracking.registration import VersionEntry
from baton_trainer.train_result import TrainResult

IMPORTED_TAG = "baton.imported_from"


@dataclass(frozen=True)
class ImportRecord:
    """What is registered.

    Attributes:
        source: the original.
        conversion: what the sandbox returned.
        compared: the chosen ONNX form.
        rows: the rows of the file.
        data_sha256: the checksum of the file.
        reader: how its cells were read, as a JSON object.
        verdict: the gate's.
        metrics: by name.
        target: the column with the truth; empty if there is none.
        private: the columns whose values must not be shown or logged.
    """

    source: SourceVersion
    conversion: Conversion
    compared: ComparedModel
    rows: Rows
    data_sha256: str
    reader: Mapping[str, Any]
    verdict: Verdict
    metrics: Mapping[str, float]
    target: str = ""
    private: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the run."""
        version = self.source.version
        return {
            "imported_model": version.name,
            "imported_version": version.version,
            "flavor": self.source.flavor.name,
            "task": self.compared.engine.output_schema.task,
            "export": self.compared.form.way,
            "target": self.target,
            "python": self.conversion.python,
        }


def register(
    record: ImportRecord,
    settings: TrainerSettings,
    registry: RegistryClient,
    progress: Progress,
    on_registering: Callable[[], None],
) -> TrainResult:
    """Logs and registers the version; moves `challenger` to it if it passed the gate.

    A failure leaves a run marked FAILED, and nothing registered.

    Raises:
        RecordError: MLflow did not accept the run.
        ImportFailed: inference could not load the files.
        RegistryError: the registry did not answer, or refused.
    """
    name, verdict = settings.model_name, record.verdict
    progress.start_phase("logging the run")
    title = f"import {record.source.version.name} {record.source.version.version}"
    with run.open_run(settings, title, "baton import") as run_id:
        run.log_params(record.data_sha256, record.params)
        libraries = json.dumps(dict(record.conversion.versions), indent=2)
        run.log_texts({"import/libraries.json": libraries})
        task = record.compared.engine.output_schema.task
        with run.create_logged_model(name, run_id, record.params, task) as model_id:
            run.log_evaluation(record.metrics, {}, model_id)
            digest = _upload(record, model_id, run_id)
        run.log_verdict(verdict)
        text = f"Imported from {record.source.describe()}. Gate: {verdict.text}."
        run.describe_run(text)
        imported = {IMPORTED_TAG: record.source.describe()}
        entry = VersionEntry(
            model_id, run_id, {**registration.build_tags(digest, verdict), **imported}, text
        )
        progress.start_phase("registering the version")
        on_registering()
        version = registration.register_version(registry, settings, entry)
    return TrainResult(version, run_id, verdict.text, record.metrics)


def _upload(record: ImportRecord, model_id: str, run_id: str) -> str:
    """Writes, checks and uploads the model's files; returns the checksum of the manifest."""
    model = ImportedModel(
        source=record.source.folder,
        document=record.source.document,
        onnx=record.compared.form.onnx,
        columns=hide_categories(record.compared.schema.columns, record.private),
        output_schema=record.compared.engine.output_schema,
        rows=record.rows,
        private=record.private,
    )
    ids = {"run_id": run_id, "model_id": model_id, "model_uuid": model_id}
    # Without the checksum of the data: it would say that Baton knows the held-out rows.
    manifest = Manifest(
        reader=record.reader,
        private_columns=record.private,
        gate_figures=record.verdict.recorded_figures,
    )
    return run.upload_files(
        lambda folder: imported_model.save_model(model, folder, ids), manifest, model_id, _check
    )


def _check(folder: Path, digest: str) -> None:
    """Opens the files as inference will.

    Raises:
        ImportFailed: inference could not load them.
    """
    version = ModelVersion("imported", "0", tags={MANIFEST_TAG: digest, GATE_TAG: ""})
    try:
        open_version(
            version, lambda: reopen(version, folder, find_weight_files), open_engine, trusted=()
        )
    except (EngineError, RegistryError, OSError) as error:
        raise ImportFailed(f"the imported model cannot be served: {error}") from error
