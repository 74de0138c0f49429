"""Registers a logged model as a version, in one call with its verdict and its checksums."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton_registry.promotion.alias_moves import CHALLENGER
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import GATE_PASSED, GATE_TAG, MANIFEST_TAG
from baton_trainer.gate.verdict import Verdict
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.table import Table


def build_manifest(table: Table, verdict: Verdict) -> Manifest:
    """Returns a version's manifest, which lists no files yet."""
    return Manifest(
        data_sha256=table.sha256,
        held_out_by=table.held_out_by or None,
        reader=table.reader,
        private_columns=table.private_columns,
        gate_figures=verdict.recorded_figures,
    )


def build_tags(manifest_sha256: str, verdict: Verdict) -> dict[str, str]:
    """Returns a version's tags: the checksum of its manifest, and the gate's verdict."""
    return {MANIFEST_TAG: manifest_sha256, GATE_TAG: verdict.text}


@dataclass(frozen=True)
class VersionEntry:
    """What is registered.

    Attributes:
        model_id: the logged model's id.
        run_id: the id of the run that logged it.
        tags: from `build_tags`.
        description: the text that the MLflow UI shows with the version.
    """

    model_id: str
    run_id: str
    tags: Mapping[str, str]
    description: str


def register_version(client: RegistryClient, settings: TrainerSettings, entry: VersionEntry) -> str:
    """Creates the version in one call, signed if there is a key, and returns its number.

    Moves the alias `challenger` to it if it passed the gate.

    Raises:
        RegistryUnavailable: the registry did not answer.
        RegistryRefused: the registry refused for an unknown reason.
    """
    name, key = settings.model_name, settings.signing_key
    tags = dict(entry.tags)
    if key is not None:
        tags |= dict([key.sign(name, entry.tags)])
    version = client.create_version(
        name,
        source=f"models:/{entry.model_id}",
        run_id=entry.run_id,
        tags=tags,
        description=entry.description,
    ).version
    if entry.tags[GATE_TAG] == GATE_PASSED:
        client.set_alias(name, CHALLENGER, version)
    return version
