"""Reproduces a version: repeats its training from the run record, and compares the results."""

from pathlib import Path

from baton_common.locations import Location
from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.audit.reproduction import (
    Reproduction,
    compare_results,
    describe_changes,
)
from baton_trainer.errors import DataError, RecordMissing
from baton_trainer.gate.comparable_model import ComparableModel, load_version
from baton_trainer.gate.trained_model import TrainedModel, fit_and_evaluate
from baton_trainer.models import estimators, pipeline
from baton_trainer.models.families import get_kind
from baton_trainer.progress import Progress
from baton_trainer.settings import TrainerSettings, configure_mlflow
from baton_trainer.tables import loading
from baton_trainer.tables.table import Table
from baton_trainer.tracking.quiet import silence_libraries
from baton_trainer.tracking.run_record import RunRecord, replace_file
from baton_trainer.tracking.version_run import VersionRun, read_run


def reproduce(
    name: str, file: Location | None, settings: TrainerSettings, progress: Progress
) -> Reproduction:
    """Repeats a version's training run, and compares.

    Args:
        name: a version number or an alias.
        file: the training data; None for the built-in table.
        settings: the trainer's settings.
        progress: for the phases, and for a warning about each change of the environment.

    Raises:
        RecordMissing: the version has no run record that this version of Baton can read.
        DataError: the table is not the training data.
        TrainError: training failed, or the version cannot be loaded.
        RegistryError: no such version, or no answer.
    """
    configure_mlflow(settings)
    with silence_libraries(), settings.open_registry() as registry:
        progress.start_phase("reading the run record")
        version = registry.find_version(settings.model_name, name)
        run, record = _read_record(version, settings)
        _check_file_given(version, record, file)
        model = load_version(registry, version, trusted=settings.trusted_keys)
        progress.start_phase("reading the table")
        table = _load_table(version, record, file, model)
        for line in describe_changes(record):
            progress.warn(line)
        again = _repeat_training(record, table, progress)
        return compare_results(version.version, run.metrics, model, again, table)


def _read_record(version: ModelVersion, settings: TrainerSettings) -> tuple[VersionRun, RunRecord]:
    run = read_run(version, settings)
    if run is None or run.record is None:
        raise RecordMissing(
            f"version {version.version} has no run record (record.json in its run); only versions "
            "from baton train can be reproduced"
        )
    return run, run.record


def _check_file_given(version: ModelVersion, record: RunRecord, file: Location | None) -> None:
    name = record.request.data.file
    if isinstance(name, Path) and file is None:
        raise DataError(
            f"version {version.version} was trained on {name} (SHA-256 {record.data_sha256[:12]}…);"
            " name that file: --data FILE"
        )


def _load_table(
    version: ModelVersion, record: RunRecord, file: Location | None, model: ComparableModel
) -> Table:
    name = record.request.data.file
    try:
        rule = ReaderRule.from_json(model.manifest.reader)
    except UnknownRule as error:
        raise RecordMissing(f"version {version.version}: {error}") from error
    location = file or (name if isinstance(name, str) else None)  # a URL can be read again
    query = record.request.data.query if isinstance(location, str) else None
    table = loading.load(replace_file(record.request, location, query), rule)
    if table.sha256 != record.data_sha256:
        raise DataError(
            f"{table.name} is not the table that version {version.version} was trained on: its "
            f"SHA-256 is {table.sha256[:12]}…, the run record has {record.data_sha256[:12]}…"
            + (f" of {name}" if name else " of the built-in table")
        )
    return table


def _repeat_training(record: RunRecord, table: Table, progress: Progress) -> TrainedModel:
    options, kind = record.request.train, get_kind(table.output_schema)
    learner = estimators.build_learner(kind, options.estimator, options.params, options.seed)
    if record.search_params:
        fixed = {name: estimators.parse_value(text) for name, text in options.params.items()}
        values = {**fixed, **record.search_params}
        learner = estimators.build_from_values(kind, options.estimator, values, options.seed)
    unfitted = pipeline.build(learner, table.features, table.columns)
    return fit_and_evaluate(unfitted, table, options, progress)
