"""Compares two registered versions: reads both, and scores the same rows with both."""

import tempfile
from pathlib import Path

from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE, ReaderRule, UnknownRule
from baton_registry.errors import (
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NotSigned,
    VersionNotFound,
)
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch_manifest
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import check_signature
from baton_trainer.audit.version_comparison import Side, VersionComparison
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.gate.comparable_model import ComparableModel, load_version
from baton_trainer.gate.comparison import Comparison, compare_models
from baton_trainer.progress import Progress
from baton_trainer.request import Data, TrainRequest
from baton_trainer.settings import TrainerSettings, configure_mlflow
from baton_trainer.tables import loading
from baton_trainer.tracking.quiet import silence_libraries
from baton_trainer.tracking.run_record import replace_file
from baton_trainer.tracking.version_run import read_run


def compare(
    first: str, second: str, data: Data, settings: TrainerSettings, progress: Progress
) -> VersionComparison:
    """Compares two versions.

    Args:
        first: a version number or an alias.
        second: another one.
        data: a table that both score, or a query that returns it; without either the built-in
            table, if both were trained on it.
        settings: the trainer's settings.
        progress: for the phases.

    Raises:
        TrainError: the table cannot be read, or the tracking server refused.
        RegistryError: no such version, or no answer.
    """
    configure_mlflow(settings)
    with silence_libraries(), settings.open_registry() as registry:
        progress.start_phase("reading the versions")
        one, two = (registry.find_version(settings.model_name, each) for each in (first, second))
        sides = _read_side(registry, one, settings), _read_side(registry, two, settings)
        try:
            comparison = _score_both(*sides, data, progress)
        except NotComparable as error:
            return VersionComparison(*sides, reason=str(error))
        return VersionComparison(*sides, comparison)


def _read_side(registry: RegistryClient, version: ModelVersion, settings: TrainerSettings) -> Side:
    run = read_run(version, settings)
    try:
        model = load_version(registry, version, trusted=settings.trusted_keys)
    except VersionNotLoadable as error:
        return Side(version, run, None, str(error), _read_manifest(registry, version, settings))
    return Side(version, run, model, manifest=model.manifest)


def _read_manifest(
    registry: RegistryClient, version: ModelVersion, settings: TrainerSettings
) -> Manifest:
    """The manifest of a version that cannot be loaded; empty if it cannot be read either."""
    try:
        check_signature(version, settings.trusted_keys)
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            return fetch_manifest(registry, version, Path(folder))
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch, NotSigned, VersionNotFound):
        return Manifest()


def _score_both(first: Side, second: Side, data: Data, progress: Progress) -> Comparison:
    if first.model is None or second.model is None:
        raise NotComparable("one of the versions cannot be loaded")
    request = _build_request(first, second, data)
    progress.start_phase("scoring the same rows with both")
    rule = _find_common_rule(first.model, second.model)
    return compare_models(second.model, first.model, loading.load(request, rule))


def _find_common_rule(first: ComparableModel, second: ComparableModel) -> ReaderRule:
    """The rule by which both read cells; if they differ, the rule of training today."""
    try:
        rules = {ReaderRule.from_json(each.manifest.reader) for each in (first, second)}
    except UnknownRule as error:
        raise NotComparable(str(error)) from error
    return rules.pop() if len(rules) == 1 else TRIM_WHITE_SPACE


def _build_request(first: Side, second: Side, data: Data) -> TrainRequest:
    """A request for the table: all its columns, with the target that both were trained for."""
    requests = [side.run.record.request for side in (first, second) if side.run and side.run.record]
    if not requests:
        raise NotComparable("neither run records a target; train one of them with baton train")
    targets = {request.columns.target for request in requests}
    if len(targets) > 1:
        raise NotComparable(f"their targets differ: {', '.join(sorted(targets))}")
    is_named = data.file is not None or data.query is not None
    if not is_named and not _are_both_built_in(first, second, requests):
        raise NotComparable("name a table that both can score: --data FILE")
    models = [side.model for side in (first, second) if side.model]
    ids = tuple({model.held_out_by for model in models} - {""})
    private = tuple({name for model in models for name in _list_private(model)})
    columns = requests[0].columns.model_copy(update={"drop": (), "id": ids, "private": private})
    request = replace_file(requests[0], data.file, data.query)
    return request.model_copy(update={"columns": columns})


def _list_private(model: ComparableModel) -> set[str]:
    """The private columns that the table must have, because the model needs them."""
    return {*model.manifest.private_columns} & {each.name for each in model.schema.columns}


def _are_both_built_in(first: Side, second: Side, requests: list[TrainRequest]) -> bool:
    checksums = {side.manifest.data_sha256 for side in (first, second)}
    return all(request.data.file is None for request in requests) and len(checksums) == 1
