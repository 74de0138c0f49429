"""What the registry records about a version, wherever it is: in a manifest, or in older tags.

Versions that were registered before there was a manifest have a tag for each file and each fact.
Everything that reads such a fact reads it here.
"""

import json
from collections.abc import Mapping
from contextlib import suppress

from baton_registry.errors import ChecksumMismatch
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import (
    DATA_CHECKSUM_TAG,
    GATE_FIGURES_TAG,
    HELD_OUT_BY_TAG,
    ModelVersion,
)


def get_record(version: ModelVersion, manifest: Manifest | None) -> Manifest:
    """The version's manifest, or what its older tags say in the same form.

    Args:
        version: what the registry says of it.
        manifest: the verified one; None if the version has no tag `baton.manifest`.

    Raises:
        ChecksumMismatch: the version has both, and they contradict each other.
    """
    tags = version.tags
    if manifest is None:
        return Manifest(
            files=version.checksums,
            data_sha256=tags.get(DATA_CHECKSUM_TAG) or None,
            held_out_by=tags.get(HELD_OUT_BY_TAG) or None,
            gate_figures=_figures(tags.get(GATE_FIGURES_TAG, "")),
        )
    recorded = {DATA_CHECKSUM_TAG: manifest.data_sha256, HELD_OUT_BY_TAG: manifest.held_out_by}
    for tag, value in recorded.items():
        if tags.get(tag, value) != value:
            raise ChecksumMismatch(
                f"the tag {tag} of version {version.version} contradicts its manifest; remove the"
                " tag, or register the version again"
            )
    return manifest


def _figures(text: str) -> Mapping[str, float | None]:
    """The figures of an older tag; none if somebody wrote something else there."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        if isinstance(found, dict):
            return {name: value for name, value in found.items() if isinstance(value, float | int)}
    return {}
