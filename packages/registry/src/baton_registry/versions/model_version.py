"""A version of a registered model, as the registry describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

CHECKSUM_TAG_PREFIX = "baton.sha256."
MANIFEST_TAG = "baton.manifest"
GATE_TAG = "baton.gate"
GATE_FIGURES_TAG = "baton.gate_figures"
DATA_CHECKSUM_TAG = "baton.data_sha256"
HELD_OUT_BY_TAG = "baton.held_out_by"
READY, PENDING = "READY", "PENDING_REGISTRATION"
"""What MLflow says of a version; the third is that its registration failed."""


@dataclass(frozen=True)
class ModelVersion:
    """One registered version.

    Attributes:
        name: the registered model.
        version: an opaque string; compare it for equality only.
        run_id: the run that made it; empty where there was none.
        source: where its artifacts are, e.g. `models:/m-…`; with `version` its identity, since
            a registry that was set up anew numbers from 1 again.
        status: `READY`, or what MLflow says instead.
        tags: key to value, both strings.
    """

    name: str
    version: str
    run_id: str = ""
    source: str = ""
    status: str = READY
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_ready(self) -> bool:
        """Whether its registration is done."""
        return self.status == READY

    @property
    def records_checksums(self) -> bool:
        """Whether its tags say what its files must be, in either form."""
        return MANIFEST_TAG in self.tags or bool(self.checksums)

    @property
    def checksums(self) -> dict[str, str]:
        """Those in tags of their own, as versions without a manifest have them.

        File, relative to the model's root, to the lower-case hex SHA-256 recorded for it.
        """
        start = len(CHECKSUM_TAG_PREFIX)
        return {k[start:]: v for k, v in self.tags.items() if k.startswith(CHECKSUM_TAG_PREFIX)}

    def with_checksums(self, checksums: Mapping[str, str]) -> "ModelVersion":
        """The same, with these checksums in tags if it records none of its own."""
        if self.records_checksums:
            return self
        added = {CHECKSUM_TAG_PREFIX + path: digest for path, digest in checksums.items()}
        return replace(self, tags=MappingProxyType({**self.tags, **added}))

    @classmethod
    def from_rest(cls, payload: Mapping[str, Any]) -> "ModelVersion":
        """Reads the `model_version` object of MLflow's REST API.

        Raises:
            KeyError: a field that MLflow always sends is missing.
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
