"""A logged model becomes a version that has its verdict and checksums from its first moment on."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton_registry.promotion.alias_moves import CHALLENGER
from baton_registry.promotion.guard import GATE_PASSED
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import GATE_TAG, MANIFEST_TAG
from baton_trainer.gate.verdict import Verdict
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.table import Table


def record(table: Table, verdict: Verdict) -> Manifest:
    """What a version's manifest says, before its files are listed."""
    return Manifest(
        data_sha256=table.sha256,
        held_out_by=table.held_out_by or None,
        reader=table.reader,
        gate_figures=verdict.figures,
    )


def tags(manifest_sha256: str, verdict: Verdict) -> dict[str, str]:
    """A version's tags: the checksum of its manifest, and the gate's verdict."""
    return {MANIFEST_TAG: manifest_sha256, GATE_TAG: verdict.text}


@dataclass(frozen=True)
class Entry:
    """What is registered.

    Attributes:
        model_id: the logged model's.
        run_id: of the run that logged it.
        tags: those of `tags`.
        description: what the MLflow UI shows with the version.
    """

    model_id: str
    run_id: str
    tags: Mapping[str, str]
    description: str


def register(client: RegistryClient, settings: TrainerSettings, entry: Entry) -> str:
    """Creates the version in one step, signed where there is a key, and gives its number.

    The challenger alias moves to it where it passed the gate.

    Raises:
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry refused for an unknown reason.
    """
    name, key = settings.model_name, settings.signing_key
    signed = (
        dict(entry.tags) if key is None else dict([*entry.tags.items(), key.sign(name, entry.tags)])
    )
    version = client.create_version(
        name,
        source=f"models:/{entry.model_id}",
        run_id=entry.run_id,
        tags=signed,
        description=entry.description,
    ).version
    if entry.tags[GATE_TAG] == GATE_PASSED:
        client.set_alias(name, CHALLENGER, version)
    return version
