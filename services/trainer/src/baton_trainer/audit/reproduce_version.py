"""A version's training is repeated as its run recorded it."""

from pathlib import Path

from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_registry.versions.model_version import ModelVersion
from baton_trainer import settings
from baton_trainer.errors import DataError, RecordMissing
from baton_trainer.gate import comparable_model, trained_model
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.models import estimators, pipeline
from baton_trainer.progress import Progress
from baton_trainer.audit import reproduction
from baton_trainer.audit.reproduction import Reproduction
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables import loading
from baton_trainer.tables.table import Table
from baton_trainer.tracking import recorded
from baton_trainer.tracking.quiet import quiet
from baton_trainer.tracking.run_record import Record, with_file
from baton_trainer.tracking.version_run import RecordedRun


def repeat(
    named: str, file: Path | None, options: TrainerSettings, progress: Progress
) -> Reproduction:
    """Trains once more as a version was trained, and compares; writes nothing anywhere.

    Args:
        named: a version number or an alias.
        file: the table that it was trained on; None where it was the built-in one.
        options: where the registry is.
        progress: is told of phases, and of everything that is not as it was then.

    Raises:
        RecordMissing: its run does not say how to repeat it.
        DataError: the table is not the one that it was trained on.
        TrainError: the training failed, or the version cannot be loaded.
        RegistryError: no such version, or no answer.
    """
    settings.quieten_mlflow()
    settings.give_credentials(options)
    with quiet(), options.registry() as registry:
        progress.start_phase("reading the record")
        version = registry.find(options.model_name, named)
        run, record = _recorded(version, options)
        _check_named(version, record, file)
        known = comparable_model.load_version(registry, version, trusted=options.trusted_keys)
        progress.start_phase("reading the table")
        table = _table(version, record, file, known)
        for line in reproduction.unlike(record):
            progress.warn(line)
        made = _trained(record, table, progress)
        return reproduction.compared(version.version, run.metrics, known, made, table)


def _recorded(version: ModelVersion, options: TrainerSettings) -> tuple[RecordedRun, Record]:
    run = recorded.read(version, options)
    if run is None or run.record is None:
        raise RecordMissing(
            f"version {version.version} does not say how it was trained (no record.json in its "
            "run); only versions of baton train can be reproduced"
        )
    return run, run.record


def _check_named(version: ModelVersion, record: Record, file: Path | None) -> None:
    name = record.request.data.file
    if name is not None and file is None:
        raise DataError(
            f"version {version.version} was trained on {name} (SHA-256 {record.data_sha256[:12]}…);"
            " name that file: --data FILE"
        )


def _table(version: ModelVersion, record: Record, file: Path | None, known: ComparableModel) -> Table:
    name = record.request.data.file
    try:
        rule = ReaderRule.from_json(known.record.reader)
    except UnknownRule as error:
        raise RecordMissing(f"version {version.version}: {error}") from error
    table = loading.load(with_file(record.request, file), rule)
    if table.sha256 != record.data_sha256:
        raise DataError(
            f"{table.name} is not the table that version {version.version} was trained on: its "
            f"SHA-256 is {table.sha256[:12]}…, recorded is {record.data_sha256[:12]}…"
            + (f" of {name}" if name else " of the built-in table")
        )
    return table


def _trained(record: Record, table: Table, progress: Progress) -> TrainedModel:
    wanted = record.request.train
    classifier = estimators.classifier(wanted.estimator, wanted.params, wanted.seed)
    if record.found:
        fixed = {name: estimators.parsed(text) for name, text in wanted.params.items()}
        values = {**fixed, **record.found}
        classifier = estimators.with_values(wanted.estimator, values, wanted.seed)
    unfitted = pipeline.build(classifier, table.features, table.columns)
    return trained_model.fit_and_evaluate(unfitted, table, wanted, progress)
