"""The manifest of a version; for an older version without one, its tags as a manifest.

Such a version has a tag for each file and each fact. Only this module reads those tags.
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


def resolve_manifest(version: ModelVersion, manifest: Manifest | None) -> Manifest:
    """Returns the version's manifest, or its older tags as a manifest.

    Args:
        version: the version.
        manifest: the verified manifest; None if the version has no tag `baton.manifest`.

    Raises:
        ChecksumMismatch: the tags contradict the manifest.
    """
    tags = version.tags
    if manifest is None:
        return Manifest(
            files=version.checksums,
            data_sha256=tags.get(DATA_CHECKSUM_TAG) or None,
            held_out_by=tags.get(HELD_OUT_BY_TAG) or None,
            gate_figures=_parse_figures(tags.get(GATE_FIGURES_TAG, "")),
        )
    recorded = {DATA_CHECKSUM_TAG: manifest.data_sha256, HELD_OUT_BY_TAG: manifest.held_out_by}
    for tag, value in recorded.items():
        if tags.get(tag, value) != value:
            raise ChecksumMismatch(
                f"the tag {tag} of version {version.version} contradicts its manifest; remove the"
                " tag, or register the version again"
            )
    return manifest


def _parse_figures(text: str) -> Mapping[str, float | None]:
    """Parses the figures of an older tag; empty if the tag is invalid."""
    with suppress(ValueError, RecursionError):
        figures = json.loads(text)
        if isinstance(figures, dict):
            return {
                name: value for name, value in figures.items() if isinstance(value, float | int)
            }
    return {}
