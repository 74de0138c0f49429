"""The shadow's part of `/status`: the pairs of this process."""

from collections.abc import Mapping
from typing import Any

from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.shadow.shadow import Shadow
from baton_inference.telemetry.metrics import Metrics


class PairsReport:
    """Builds the document. Use it from the event loop only."""

    def __init__(self, shadow: Shadow, live: LiveVersions, metrics: Metrics) -> None:
        self._shadow = shadow
        self._live = live
        self._metrics = metrics
        self._share: tuple[str, str, float] | None = None
        self._answers_before = self._fallbacks_before = 0

    def build(self) -> Mapping[str, Any] | None:
        """Builds the document; None while no canary is compared.

        Answers and fallbacks count from the first report with the present weight, so a controller
        sees what the canary did in its step.
        """
        shadow, status = self._shadow, self._shadow.status
        if status is None:
            return None
        answers = self._metrics.canary_answers[status.canary]
        fallbacks = self._metrics.fallbacks[status.canary]
        route = self._live.route
        share = (status.canary, status.since, route.weight if route else 0.0)
        if share != self._share:
            self._share = share
            self._answers_before, self._fallbacks_before = answers, fallbacks
        return {
            "production": status.production,
            "canary": status.canary,
            "process": shadow.process,
            "since": status.since,
            "answers": answers - self._answers_before,
            "fallbacks": fallbacks - self._fallbacks_before,
            "dropped": shadow.queue.dropped,
            "repeated": shadow.outcomes.repeated,
            "counts": status.counts.to_json(),
        }
