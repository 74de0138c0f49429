"""The parts that all scoring routes share."""

from dataclasses import dataclass

from baton_common.api_keys import ApiKey
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.predictions.queue import PredictionQueue
from baton_inference.protocols.media import Headers
from baton_inference.scoring.observer import PairObserver
from baton_inference.scoring.scorer import Scorer
from baton_inference.scoring.workers import Pools
from baton_inference.telemetry.metrics import Metrics
from baton_inference.telemetry.request_log import RequestLog
from baton_inference.web.access.access import Access
from baton_inference.web.body import BodyReader


@dataclass(frozen=True)
class ScoringParts:
    """The parts that all scoring routes share.

    Attributes:
        live: the versions that can answer.
        metrics: the counters.
        scorer: scores rows.
        pools: the threads for large bodies.
        bodies: reads bodies that are large or arrive in several pieces.
        log: logs requests that failed or were slow.
        alias: the alias of production, which answers name.
        access: checks API keys; None without authentication.
        observer: sees what is answered while a canary is live; None if no process compares.
        predictions: takes answered rows for the prediction log; None if it is off.
    """

    live: LiveVersions
    metrics: Metrics
    scorer: Scorer
    pools: Pools
    bodies: BodyReader
    log: RequestLog
    alias: str = ""
    access: Access | None = None
    observer: PairObserver | None = None
    predictions: PredictionQueue | None = None

    def check_key(self, path: str, headers: Headers) -> ApiKey | None:
        """Checks the API key of a request, and returns it; None without authentication.

        Raises:
            Unauthenticated: there is no key, or it is unknown.
            Forbidden: the key lacks the scope.
        """
        return None if self.access is None else self.access.check(path, headers)
