"""What the watcher knows, and the status snapshot that other threads read."""

from dataclasses import replace

import structlog

from baton_common.utc import format_utc
from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.lifecycle.policy import FailedLoad, drop_outdated
from baton_inference.lifecycle.status import (
    LoadFailureStatus,
    RegistryStatus,
    ServingStatus,
    Status,
    derive_state,
)
from baton_inference.telemetry.metrics import Metrics
from baton_registry.versions.model_version import ModelVersion, VersionIdentity

log = structlog.get_logger("baton.watcher")


class WatcherState:
    """Only the watcher writes it. Any thread may read `status`, which is replaced whole.

    Attributes:
        model_name: the registered model.
        alias: the alias that the watcher follows.
        live: the versions that can answer.
        aspired: the version that the alias last pointed to.
        failure: the failed load that the policy considers.
        status: the last snapshot.
    """

    def __init__(
        self, model_name: str, alias: str, live: LiveVersions, metrics: Metrics, clock: Clock
    ) -> None:
        self.model_name = model_name
        self.alias = alias
        self.live = live
        self._metrics = metrics
        self._clock = clock
        self.aspired: ModelVersion | None = None
        self.failure: FailedLoad | None = None
        self._aspired_since_s = 0.0
        self._reported_failure: LoadFailureStatus | None = None
        self._registry = RegistryStatus()
        self._is_loading = False
        self.status = self._build_status()

    @property
    def aspired_identity(self) -> VersionIdentity | None:
        """The number and source that identify the aspired version."""
        return self.aspired.identity if self.aspired is not None else None

    def note_aspired(self, aspired: ModelVersion | None) -> None:
        """Records an answer of the registry: the version of the alias, or None if it is not set."""
        is_first = self._registry.last_success_at is None
        if self._registry.consecutive_failures:
            log.info("the registry can be reached again")
        now = format_utc(self._clock.posix_s())
        self._registry = RegistryStatus(reachable=True, last_success_at=now)
        before = self.aspired_identity
        self.aspired = aspired
        if is_first or before != self.aspired_identity:
            self._aspired_since_s = self._clock.steady_s()
            log.info("alias resolved", version=aspired.version if aspired else None)
        self.failure = drop_outdated(self.failure, self.aspired_identity)
        self._publish()

    def note_unreachable(self, reason: str) -> None:
        """Records that the registry cannot be reached. The aspired version stays as it was."""
        before = self._registry
        if not before.consecutive_failures:
            log.warning("the registry cannot be reached", reason=reason)
        self._registry = replace(
            before,
            reachable=False,
            consecutive_failures=before.consecutive_failures + 1,
            last_error=reason,
        )
        self._publish()

    def note_loading(self) -> None:
        """Records the start of a load."""
        self._is_loading = True
        self._publish()

    def note_failure(self, version: ModelVersion, failure: LoadFailure) -> None:
        """Records that the aspired version cannot be loaded."""
        self._is_loading = False
        self._metrics.count_swap_failure(failure.kind)
        attempts = self.failure.attempts + 1 if self.failure else 1
        identity, now_s = version.identity, self._clock.steady_s()
        self.failure = FailedLoad(identity, failure.kind, now_s, attempts)
        at, reason = format_utc(self._clock.posix_s()), str(failure)
        self._reported_failure = LoadFailureStatus(version.version, reason, at, attempts)
        self._publish()
        log.error(
            "the version cannot be loaded",
            version=version.version,
            kind=failure.kind.value,
            reason=reason,
            attempts=attempts,
        )

    def note_serving(self, version: LiveVersion | None, *, is_replacement: bool = False) -> None:
        """Records the end of a load; None if the cache holds no version."""
        self._is_loading = False
        # A version from the cache serves before the alias is resolved: it has no duration.
        duration_s = self._clock.steady_s() - self._aspired_since_s if self.aspired else None
        if is_replacement and duration_s is not None:
            self._metrics.count_swap(duration_s)
        if version is not None:
            self.aspired = self.aspired or version.model
            self.failure = self._reported_failure = None
            fields = {} if duration_s is None else {"seconds": round(duration_s, 3)}
            log.info(
                "version serving", version=version.model.version, source=version.source, **fields
            )
        self._publish()

    def note_agreement(self) -> None:
        """Records that the alias points to the serving version."""
        self.failure = self._reported_failure = None
        self._publish()

    def _publish(self) -> None:
        self.status = self._build_status()

    def _build_status(self) -> Status:
        version = self.live.production
        is_healthy = self._registry.reachable and self.aspired is not None and not self.failure
        return Status(
            model_name=self.model_name,
            alias=self.alias,
            state=derive_state(
                is_filled=version is not None, is_loading=self._is_loading, is_healthy=is_healthy
            ),
            aspired_version=self.aspired.version if self.aspired else None,
            serving=_build_serving_status(version) if version else None,
            registry=self._registry,
            last_load_failure=self._reported_failure,
            swaps=self._metrics.swaps,
        )


def _build_serving_status(version: LiveVersion) -> ServingStatus:
    return ServingStatus(
        version=version.model.version,
        run_id=version.model.run_id,
        engine=version.engine.name,
        source=version.source,
        since=version.since,
    )
