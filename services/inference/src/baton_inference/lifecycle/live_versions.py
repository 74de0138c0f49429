"""The live versions: the only place that decides which version answers."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.pace import Pace
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_registry.versions.manifest import Figures
from baton_registry.versions.model_version import ModelVersion, VersionIdentity
from baton_registry.versions.schema import Schema
from baton_rollout.routing import choose_bucket, count_buckets

Source = Literal["registry", "cache"]
Role = Literal["production", "canary"]
"""The purpose of a live version: answers by default, or answers a share of the requests."""
PRODUCTION: Role = "production"
CANARY: Role = "canary"


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
        pace: how long the warm-up took.
        source: `cache` until the registry confirms the version.
        since: when the version started to serve, in UTC with milliseconds.
        gate_figures: what the gate saw, from the manifest; None for a figure that is not finite.
        private_columns: columns whose values must not be logged, from the manifest; None if the
            version has no manifest, so that they are not known.
    """

    model: ModelVersion
    schema: Schema
    engine: ServingEngine
    codecs: Mapping[str, Any]
    example: Mapping[str, Any]
    inline_rows: int
    pace: Pace
    source: Source
    since: str
    gate_figures: Figures = field(default_factory=dict)
    private_columns: frozenset[str] | None = None

    @property
    def identity(self) -> VersionIdentity:
        """The number and source that identify this version."""
        return self.model.identity


@dataclass(frozen=True)
class CanaryRoute:
    """Decides which requests the canary answers. Immutable: a new weight replaces it whole.

    Attributes:
        version: the canary.
        production: the version that it was compared with.
        alias: the alias that names it.
        weight: its share of the requests in percent, above 0.
        switch: turns the canary off in this process.
    """

    version: LiveVersion
    production: VersionIdentity
    alias: str
    weight: float
    switch: CanarySwitch

    @cached_property
    def buckets(self) -> int:
        """The number of buckets whose requests the canary answers."""
        return count_buckets(self.weight)

    def takes(self, key: bytes) -> bool:
        """Whether the canary answers a request with this key."""
        model = self.version.model
        return choose_bucket(model.name, model.version, key) < self.buckets and not self.is_off

    @property
    def is_off(self) -> bool:
        """Whether this process has turned the canary off: then it answers no request."""
        return self.switch.is_off(self._identity, self.production)

    @cached_property
    def _identity(self) -> VersionIdentity:
        return self.version.identity


class LiveVersions:
    """Holds the live versions by role. Once filled, production is never empty again.

    The pollers' threads write; any thread may read. A request reads each attribute once and keeps
    what it read. The old version is freed when the last request that holds it ends.

    Attributes:
        production: the version that the alias points to; None before the first load.
        canary: the version that the canary's alias points to, if it is loaded.
        route: chooses the requests that the canary answers; None if it answers none.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # for writers: a poller for each role
        self.production: LiveVersion | None = None
        self.canary: LiveVersion | None = None
        self.route: CanaryRoute | None = None

    @property
    def identities(self) -> set[VersionIdentity]:
        """The live versions."""
        return {each.identity for each in (self.production, self.canary) if each is not None}

    def swap(self, version: LiveVersion, role: Role = PRODUCTION) -> bool:
        """Puts a version into a role. Returns True if it replaces another version.

        Another production version ends the canary's share, until the two have been compared. A
        canary that becomes production leaves its role.
        """
        with self._lock:
            self.route = None
            if role == CANARY:
                is_replacement = self.canary is not None
                self.canary = version
                return is_replacement
            is_replacement = self.production is not None
            self.production = version
            if self.canary is not None and self.canary.identity == version.identity:
                self.canary = None
            return is_replacement

    def drop_canary(self) -> None:
        """Empties the canary's role."""
        with self._lock:
            self.route = self.canary = None

    def share(self, route: CanaryRoute | None) -> None:
        """Sets the route, unless one of its two versions has been replaced.

        Args:
            route: None for no share.
        """
        with self._lock:
            is_current = (
                route is not None
                and self.canary is route.version
                and self.production is not None
                and self.production.identity == route.production
            )
            self.route = route if is_current else None

    def routes_to(self, version: LiveVersion) -> bool:
        """Whether this version still has a share of the requests."""
        route = self.route
        if route is None or route.is_off:
            return False
        return route.version is version or route.version.identity == version.identity

    def confirm(self) -> None:
        """Records that the registry confirms production, which may come from the cache."""
        with self._lock:
            version = self.production
            if version is not None and version.source != "registry":
                self.production = replace(version, source="registry")
