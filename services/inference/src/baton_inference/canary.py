"""Wires what follows the alias of the canary, and what compares the canary with production."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from baton_inference.lifecycle.canary.report import CanaryReport
from baton_inference.lifecycle.canary.state import CanaryState
from baton_inference.lifecycle.canary.watcher import CanaryWatcher
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.lifecycle.loading.loader import Loader
from baton_inference.lifecycle.poller import Poller
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip_file import TripFile
from baton_inference.settings import InferenceSettings
from baton_inference.shadow.breaker import Breaker
from baton_inference.shadow.report import PairsReport
from baton_inference.shadow.shadow import Shadow
from baton_inference.telemetry.metrics import Metrics
from baton_registry.rest.client import RegistryClient
from baton_rollout.progress.record import Record

log = structlog.get_logger("baton.canary")


@dataclass(frozen=True)
class CanaryParts:
    """What follows the alias of the canary.

    Attributes:
        state: what the watcher knows.
        report: the canary's part of the status.
        switch: turns a canary off in this process.
        watcher: loads and drops the canary, poll by poll.
        poller: the thread that calls the watcher.
        shadow: compares the canary with production.
    """

    state: CanaryState
    report: CanaryReport
    switch: CanarySwitch
    watcher: CanaryWatcher
    poller: Poller
    shadow: Shadow


def create_canary(  # noqa: PLR0913 - the parts of the core, passed by name
    settings: InferenceSettings,
    *,
    registry: RegistryClient,
    loader: Loader,
    live: LiveVersions,
    metrics: Metrics,
    clock: Clock,
    find_record: Callable[[], Record | None],
) -> CanaryParts | None:
    """Wires the parts; starts nothing. Returns None if the settings name no canary.

    Args:
        settings: the settings of the service.
        registry: resolves the alias.
        loader: loads canaries.
        live: the versions that can answer.
        metrics: the counters.
        clock: the clock of all parts.
        find_record: returns the record of the last rollout, if it is known.
    """
    alias = settings.followed_canary
    if alias is None:
        if settings.canary_alias == settings.alias:
            log.warning("no canary: both aliases are the same", alias=settings.alias)
        return None
    switch = CanarySwitch(TripFile(settings.cache_dir, settings.model_name, alias))
    breaker = Breaker(switch, clock)
    shadow = Shadow(live, breaker, clock, share=settings.shadow_cpu, find_record=find_record)
    pairs = PairsReport(shadow, live, metrics)
    state = CanaryState(settings.model_name, alias, live, switch, metrics, clock)
    report = CanaryReport(state, read_pairs=pairs.build, find_stop=lambda: shadow.stop_reason)
    watcher = CanaryWatcher(registry, loader, state, clock)
    poller = Poller(watcher, clock, poll_interval_s=settings.poll_interval_s, name="canary")
    return CanaryParts(state, report, switch, watcher, poller, shadow)
