"""Two versions are read from registry and tracking server, and put side by side."""

import tempfile
from pathlib import Path

from baton_engine.tables.text.reader_rule import TRIMMED, ReaderRule, UnknownRule
from baton_registry.errors import (
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NotSigned,
    VersionNotFound,
)
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch_record
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import check_signed
from baton_trainer import settings
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.gate import comparable_model
from baton_trainer.gate.comparison import Comparison, compared
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.progress import Progress
from baton_trainer.audit.version_comparison import Side, VersionComparison
from baton_trainer.request import TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables import loading
from baton_trainer.tracking import recorded
from baton_trainer.tracking.quiet import quiet
from baton_trainer.tracking.run_record import with_file


def side_by_side(
    first: str, second: str, file: Path | None, options: TrainerSettings, progress: Progress
) -> VersionComparison:
    """Puts two versions side by side; writes nothing anywhere.

    Args:
        first: a version number or an alias.
        second: another.
        file: a table to judge both by; None means the built-in one, if both were trained on it.
        options: where the registry is.
        progress: is told of phases.

    Raises:
        TrainError: the file cannot be read, or the tracking server refused.
        RegistryError: no such version, or no answer.
    """
    settings.quieten_mlflow()
    settings.give_credentials(options)
    with quiet(), options.registry() as registry:
        progress.start_phase("reading the versions")
        one, two = (registry.find(options.model_name, each) for each in (first, second))
        sides = _side(registry, one, options), _side(registry, two, options)
        try:
            comparison = _compared(*sides, file, progress)
        except NotComparable as error:
            return VersionComparison(*sides, reason=str(error))
        return VersionComparison(*sides, comparison)


def _side(registry: RegistryClient, version: ModelVersion, options: TrainerSettings) -> Side:
    run = recorded.read(version, options)
    try:
        loaded = comparable_model.load_version(registry, version, trusted=options.trusted_keys)
    except VersionNotLoadable as error:
        return Side(version, run, None, str(error), _record(registry, version, options))
    return Side(version, run, loaded, record=loaded.record)


def _record(registry: RegistryClient, version: ModelVersion, options: TrainerSettings) -> Manifest:
    """What is recorded of a version that cannot be loaded; nothing if that cannot be read."""
    try:
        check_signed(version, options.trusted_keys)
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            return fetch_record(registry, version, Path(folder))
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch, NotSigned, VersionNotFound):
        return Manifest()


def _compared(first: Side, second: Side, file: Path | None, progress: Progress) -> Comparison:
    if first.contender is None or second.contender is None:
        raise NotComparable("one of them cannot be loaded")
    request = _request(first, second, file)
    progress.start_phase("judging both by the same rows")
    rule = _common_rule(first.contender, second.contender)
    return compared(second.contender, first.contender, loading.load(request, rule))


def _common_rule(first: ComparableModel, second: ComparableModel) -> ReaderRule:
    """By which both read cells; that of training if they differ: the older one reads them again."""
    try:
        rules = {ReaderRule.from_json(each.record.reader) for each in (first, second)}
    except UnknownRule as error:
        raise NotComparable(str(error)) from error
    return rules.pop() if len(rules) == 1 else TRIMMED


def _request(first: Side, second: Side, file: Path | None) -> TrainRequest:
    """The table that judges both: every column, with the target that both were trained for."""
    requests = [side.run.record.request for side in (first, second) if side.run and side.run.record]
    if not requests:
        raise NotComparable("neither run records its target; train one of them with baton train")
    targets = {request.columns.target for request in requests}
    if len(targets) > 1:
        raise NotComparable(f"their targets differ: {', '.join(sorted(targets))}")
    if file is None and not _both_built_in(first, second, requests):
        raise NotComparable("name a table to judge both by: --data FILE")
    ids = tuple({side.contender.held_out_by for side in (first, second) if side.contender} - {""})
    every = requests[0].columns.model_copy(update={"drop": (), "id": ids})
    return with_file(requests[0], file).model_copy(update={"columns": every})


def _both_built_in(first: Side, second: Side, requests: list[TrainRequest]) -> bool:
    checksums = {side.record.data_sha256 for side in (first, second)}
    return all(request.data.file is None for request in requests) and len(checksums) == 1
