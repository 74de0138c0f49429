"""What the watcher has seen so far, and the snapshot of it that everybody else reads."""

from dataclasses import replace

import structlog

from baton_common.utc import format_utc
from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.lifecycle.policy import Failure, Identity, drop_outdated
from baton_inference.lifecycle.status import (
    LoadFailureStatus,
    RegistryStatus,
    ServingStatus,
    Status,
    derive_state,
)
from baton_inference.telemetry.metrics import Metrics
from baton_registry.versions.model_version import ModelVersion

log = structlog.get_logger("baton.watcher")


class WatcherState:
    """Written by the watcher alone; `status` is replaced whole, so any thread may read it.

    Attributes:
        model_name: the registered model that is followed.
        alias: the alias that is followed.
        live: the versions that can answer.
        aspired: what the alias was last seen to say.
        failure: the failed load that the policy goes by.
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
        self.failure: Failure | None = None
        self._aspired_since_s = 0.0
        self._shown_failure: LoadFailureStatus | None = None
        self._registry = RegistryStatus()
        self._is_loading = False
        self.status = self._snapshot()

    @property
    def aspired_identity(self) -> Identity | None:
        """What tells the aspired version from others."""
        return Identity.from_version(self.aspired) if self.aspired is not None else None

    def note_aspired(self, aspired: ModelVersion | None) -> None:
        """The registry answered: the alias says this, or is not set."""
        is_first = self._registry.last_success_at is None
        if self._registry.consecutive_failures:
            log.info("the registry answers again")
        now = format_utc(self._clock.posix_s())
        self._registry = RegistryStatus(reachable=True, last_success_at=now)
        before = self.aspired_identity
        self.aspired = aspired
        if is_first or before != self.aspired_identity:
            self._aspired_since_s = self._clock.steady_s()
            log.info("the alias points to", version=aspired.version if aspired else None)
        self.failure = drop_outdated(self.failure, self.aspired_identity)
        self._publish()

    def note_unreachable(self, reason: str) -> None:
        """The registry did not answer; what the alias says is as it was last known."""
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
        """A version is being loaded."""
        self._is_loading = True
        self._publish()

    def note_failure(self, version: ModelVersion, failure: LoadFailure) -> None:
        """The aspired version could not be loaded."""
        self._is_loading = False
        self._metrics.count_swap_failure(failure.kind)
        attempts = self.failure.attempts + 1 if self.failure else 1
        identity, now_s = Identity.from_version(version), self._clock.steady_s()
        self.failure = Failure(identity, failure.kind, now_s, attempts)
        at, reason = format_utc(self._clock.posix_s()), str(failure)
        self._shown_failure = LoadFailureStatus(version.version, reason, at, attempts)
        self._publish()
        log.error(
            "the version cannot be loaded",
            version=version.version,
            kind=failure.kind.value,
            reason=reason,
            attempts=attempts,
        )

    def note_serving(self, served: LiveVersion | None, *, is_replacement: bool = False) -> None:
        """A load ended well, or found nothing in the cache (None)."""
        self._is_loading = False
        # From the cache it serves before the alias was seen at all.
        took_s = self._clock.steady_s() - self._aspired_since_s if self.aspired else None
        if is_replacement and took_s is not None:
            self._metrics.count_swap(took_s)
        if served is not None:
            self.aspired = self.aspired or served.model
            self.failure = self._shown_failure = None
            took = {} if took_s is None else {"seconds": round(took_s, 3)}
            log.info("serving", version=served.model.version, source=served.source, **took)
        self._publish()

    def note_agreement(self) -> None:
        """The registry names what serves."""
        self.failure = self._shown_failure = None
        self._publish()

    def _publish(self) -> None:
        self.status = self._snapshot()

    def _snapshot(self) -> Status:
        served = self.live.production
        is_healthy = self._registry.reachable and self.aspired is not None and not self.failure
        return Status(
            model_name=self.model_name,
            alias=self.alias,
            state=derive_state(
                is_filled=served is not None, is_loading=self._is_loading, is_healthy=is_healthy
            ),
            aspired_version=self.aspired.version if self.aspired else None,
            serving=_serving_status(served) if served else None,
            registry=self._registry,
            last_load_failure=self._shown_failure,
            swaps=self._metrics.swaps,
        )


def _serving_status(served: LiveVersion) -> ServingStatus:
    return ServingStatus(
        version=served.model.version,
        run_id=served.model.run_id,
        engine=served.engine.name,
        source=served.source,
        since=served.since,
    )
