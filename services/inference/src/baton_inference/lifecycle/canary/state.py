"""What the watcher of the canary knows."""

from dataclasses import dataclass, replace

import structlog

from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.lifecycle.policy import CanarySnapshot, FailedLoad, Refusal, drop_outdated
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.telemetry.metrics import Metrics
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.rollout_tags import (
    ROLLOUT_FORCED,
    ROLLOUT_TAG,
    is_aborted,
    read_weight,
)

log = structlog.get_logger("baton.canary")


@dataclass(frozen=True)
class _Known:
    """One snapshot of what is known.

    Attributes:
        aspired: the version that the alias points to, with its tags.
        failure: its failed load.
        failure_reason: why that load failed.
        refusal: the last canary that would have broken callers.
    """

    aspired: ModelVersion | None = None
    failure: FailedLoad | None = None
    failure_reason: str = ""
    refusal: Refusal | None = None


class CanaryState:
    """Only the watcher of the canary writes it. Any thread may read it.

    Attributes:
        model_name: the registered model.
        alias: the alias that names the canary.
        live: the versions that can answer.
        switch: the canaries that tripped.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - its parts, wired in one place
        self,
        model_name: str,
        alias: str,
        live: LiveVersions,
        switch: CanarySwitch,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """Wires the state.

        Args:
            model_name: the registered model.
            alias: the alias that names the canary.
            live: the versions that can answer.
            switch: the canaries that tripped.
            metrics: counts failed loads.
            clock: times failed loads.
        """
        self.model_name = model_name
        self.alias = alias
        self.live = live
        self.switch = switch
        self._metrics = metrics
        self._clock = clock
        self._has_answer = False
        self._known = _Known()

    @property
    def aspired(self) -> ModelVersion | None:
        """The version that the alias last pointed to, with the tags of the last answer."""
        return self._known.aspired

    @property
    def failure(self) -> FailedLoad | None:
        """The failed load that the policy considers."""
        return self._known.failure

    @property
    def failure_reason(self) -> str:
        """Why that load failed."""
        return self._known.failure_reason

    @property
    def weight(self) -> float:
        """The weight that the registry records, in percent."""
        aspired = self._known.aspired
        return read_weight(aspired.tags, self.alias) if aspired else 0.0

    def take_snapshot(self) -> CanarySnapshot:
        """Takes the snapshot for the policy."""
        known, production, canary = self._known, self.live.production, self.live.canary
        aspired = known.aspired
        return CanarySnapshot(
            production=production.identity if production else None,
            live=canary.identity if canary else None,
            aspired=aspired.identity if aspired else None,
            is_aborted=aspired is not None and is_aborted(aspired.tags),
            refusal=known.refusal,
            failure=known.failure,
        )

    def note_aspired(self, aspired: ModelVersion | None) -> None:
        """Records an answer of the registry: the version of the alias, or None if it is not set."""
        before, weight = self._known, self.weight
        identity = aspired.identity if aspired else None
        failure = drop_outdated(before.failure, identity)
        self._known = replace(before, aspired=aspired, failure=failure)
        had = before.aspired.identity if before.aspired else None
        if had != identity or weight != self.weight:
            number = aspired.version if aspired else None
            log.info("canary resolved", version=number, weight=self.weight)
        if had != identity or aspired is None:
            self.switch.forget_others(identity)
        if identity is not None and self._is_forgiven(before.aspired, aspired):
            # The alias need not have moved: an account with EDIT cannot delete it after an abort.
            self.switch.forget(identity)
        self._has_answer = True

    def note_failure(self, version: ModelVersion, failure: LoadFailure) -> None:
        """Records that the canary cannot be loaded."""
        self._metrics.count_canary_load_failure(failure.kind)
        before = self._known.failure
        attempts = before.attempts + 1 if before else 1
        identity, now_s = version.identity, self._clock.steady_s()
        failed = FailedLoad(identity, failure.kind, now_s, attempts)
        self._known = replace(self._known, failure=failed, failure_reason=str(failure))
        log.error(
            "the canary cannot be loaded",
            version=version.version,
            kind=failure.kind.value,
            reason=str(failure),
            attempts=attempts,
        )

    def forget_failure(self) -> None:
        """Forgets the failed load: the next poll tries it again."""
        self._known = replace(self._known, failure=None)

    def note_refusal(self, refusal: Refusal) -> None:
        """Records that the canary would break the callers of production."""
        if refusal != self._known.refusal:
            version, reason = refusal.canary.version, refusal.reason
            log.error("the canary is refused", version=version, reason=reason)
        self._known = replace(self._known, refusal=refusal, failure=None)

    def note_live(self, version: LiveVersion) -> None:
        """Records the end of a load."""
        self._known = replace(self._known, failure=None, refusal=None)
        log.info("canary live", version=version.model.version, weight=self.weight)

    def _is_forgiven(self, before: ModelVersion | None, now: ModelVersion | None) -> bool:
        """Whether `rollout start --force` has taken the abort of a version back.

        The abort may have come and gone while this process was down. So the first answer since its
        start also counts: what such a version did before is forgiven, or it will show again.
        """
        if now is None or is_aborted(now.tags):
            return False
        if not self._has_answer:
            return now.tags.get(ROLLOUT_TAG) == ROLLOUT_FORCED
        return before is not None and is_aborted(before.tags)
