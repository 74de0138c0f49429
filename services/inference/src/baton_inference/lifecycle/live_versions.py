"""The live versions: the one place that says which version answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.policy import Identity
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Schema

Source = Literal["registry", "cache"]
Role = Literal["production"]
"""What a live version is for. There is one role today: the version that the alias names."""
PRODUCTION: Role = "production"


@dataclass(frozen=True)
class LiveVersion:
    """A version that can answer. Immutable; swapped whole.

    Attributes:
        model: what the registry says of the version.
        schema: its schema and classes.
        engine: the loaded model.
        codecs: protocol name to the codec compiled for this version. The wiring gives them; the
            control plane does not look into them.
        example: one instance that can be scored, for the documentation.
        inline_rows: up to so many rows are scored quickly enough for the event loop; 0 means none.
        source: `cache` while nothing has been confirmed by the registry since the start.
        since: when it began to serve, UTC with milliseconds.
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
        """What tells this version from others."""
        return Identity.from_version(self.model)


class LiveVersions:
    """Holds the live versions by their role. A role that was filled once is never empty again.

    One thread writes (the watcher's); any thread may read. A version is one reference: a request
    reads it once and keeps what it got, and the old version is freed when the last request that
    holds it has ended.
    """

    def __init__(self) -> None:
        self._by_role: dict[Role, LiveVersion] = {}

    @property
    def production(self) -> LiveVersion | None:
        """The version that the alias names; None before the first is loaded."""
        return self._by_role.get(PRODUCTION)

    def swap(self, served: LiveVersion, role: Role = PRODUCTION) -> bool:
        """Gives the role to a version; True if another had it."""
        is_replaced = role in self._by_role
        self._by_role[role] = served
        return is_replaced

    def confirm(self, role: Role = PRODUCTION) -> None:
        """Notes that the registry has named this version, which came from the cache."""
        served = self._by_role.get(role)
        if served is not None and served.source != "registry":
            self._by_role[role] = replace(served, source="registry")
