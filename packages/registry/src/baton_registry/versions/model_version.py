"""A version of a registered model, as the registry describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

CHECKSUM_TAG_PREFIX = "baton.sha256."
MANIFEST_TAG = "baton.manifest"
GATE_TAG = "baton.gate"
GATE_PASSED = "passed"
"""The value of the gate's tag for a version that passed."""
GATE_FIGURES_TAG = "baton.gate_figures"
DATA_CHECKSUM_TAG = "baton.data_sha256"
HELD_OUT_BY_TAG = "baton.held_out_by"
READY, PENDING = "READY", "PENDING_REGISTRATION"
"""MLflow's statuses of a version. The third is FAILED_REGISTRATION."""


@dataclass(frozen=True)
class VersionIdentity:
    """Identifies a version. The number alone is not enough: a new registry starts at 1 again.

    Attributes:
        version: the version's number, opaque.
        source: the location of its artifacts.
    """

    version: str
    source: str


@dataclass(frozen=True)
class ModelVersion:
    """A registered version.

    Attributes:
        name: the registered model.
        version: an opaque string; compare it for equality only.
        run_id: the run that created it; empty if there is none.
        source: the location of its artifacts, e.g. `models:/m-…`.
        status: MLflow's status.
        tags: the tags.
    """

    name: str
    version: str
    run_id: str = ""
    source: str = ""
    status: str = READY
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def identity(self) -> VersionIdentity:
        """What tells it from other versions."""
        return VersionIdentity(self.version, self.source)

    @property
    def is_ready(self) -> bool:
        """Whether the registration is complete."""
        return self.status == READY

    @property
    def records_checksums(self) -> bool:
        """Whether the tags record checksums, in either form."""
        return MANIFEST_TAG in self.tags or bool(self.checksums)

    @property
    def checksums(self) -> dict[str, str]:
        """The checksums in tags, which versions without a manifest have.

        Maps a path below the model's root to the file's lower-case hex SHA-256.
        """
        start = len(CHECKSUM_TAG_PREFIX)
        return {k[start:]: v for k, v in self.tags.items() if k.startswith(CHECKSUM_TAG_PREFIX)}

    def with_checksums(self, checksums: Mapping[str, str]) -> "ModelVersion":
        """Returns the version with these checksums as tags, unless it records checksums already."""
        if self.records_checksums:
            return self
        added = {CHECKSUM_TAG_PREFIX + path: digest for path, digest in checksums.items()}
        return replace(self, tags=MappingProxyType({**self.tags, **added}))

    @classmethod
    def from_rest(cls, payload: Mapping[str, Any]) -> "ModelVersion":
        """Parses the `model_version` object of MLflow's REST API.

        Raises:
            KeyError: a required field is missing.
        """
        tags = {tag["key"]: tag.get("value", "") for tag in payload.get("tags") or ()}
        return cls(
            name=payload["name"],
            version=str(payload["version"]),
            run_id=payload.get("run_id") or "",
            source=payload.get("source") or "",
            status=payload.get("status") or READY,
            tags=MappingProxyType(tags),
        )
