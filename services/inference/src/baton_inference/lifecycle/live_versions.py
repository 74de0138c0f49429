"""The live versions: the only place that decides which version answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.policy import Identity
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Schema

Source = Literal["registry", "cache"]
Role = Literal["production"]
"""The purpose of a live version. There is one role: the version that the alias points to."""
PRODUCTION: Role = "production"


@dataclass(frozen=True)
class LiveVersion:
    """A version that can answer. Immutable: a swap replaces it whole.

    Attributes:
        model: the registry entry of the version.
        schema: its columns and classes.
        engine: the loaded model.
        codecs: protocol name to the codec of this version. Opaque to the control plane.
        example: one instance that can be scored, for the OpenAPI document.
        inline_rows: the most rows that are quick enough for the event loop; 0 means none.
        source: `cache` until the registry confirms the version.
        since: when the version started to serve, in UTC with milliseconds.
    """

    model: ModelVersion
    schema: Schema
    engine: ServingEngine
    codecs: Mapping[str, Any]
    example: Mapping[str, Any]
    inline_rows: int
    source: Source
    since: str

    @property
    def identity(self) -> Identity:
        """The number and source that identify this version."""
        return Identity.from_version(self.model)


class LiveVersions:
    """Holds the live versions by role. Once filled, a role is never empty again.

    The poller's thread writes; any thread may read. A request reads the reference to a version
    once and keeps it. The old version is freed when the last request that holds it ends.
    """

    def __init__(self) -> None:
        self._by_role: dict[Role, LiveVersion] = {}

    @property
    def production(self) -> LiveVersion | None:
        """The version that the alias points to; None before the first load."""
        return self._by_role.get(PRODUCTION)

    def swap(self, version: LiveVersion, role: Role = PRODUCTION) -> bool:
        """Puts a version into a role. Returns True if it replaces another version."""
        is_replacement = role in self._by_role
        self._by_role[role] = version
        return is_replacement

    def confirm(self, role: Role = PRODUCTION) -> None:
        """Records that the registry confirms the version, which may come from the cache."""
        version = self._by_role.get(role)
        if version is not None and version.source != "registry":
            self._by_role[role] = replace(version, source="registry")
