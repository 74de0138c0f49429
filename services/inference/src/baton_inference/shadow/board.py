"""What the threads of the shadow share, and other threads read."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.shadow.breaker import Breaker
from baton_inference.shadow.queue import SampleQueue
from baton_inference.shadow.status import PairsStatus, RowOutcomes
from baton_rollout.progress.record import Record


@dataclass
class ShadowBoard:
    """What outlives a thread of the shadow. Only the present thread writes it.

    Attributes:
        live: the versions that can answer.
        breaker: trips a harmful canary.
        clock: the clock.
        share: the most of one processor that the shadow uses.
        find_record: returns the record of the last rollout, if it is known.
        queue: takes the rows of answered requests.
        outcomes: what became of them.
        process: a random name of this process: counts of several lives of a replica add up.
        status: the counts of the present pair; None without one. Replaced whole, so that any
            thread may read it.
        endless: models with a call that could not be stopped. They are not called again.
        stop_reason: why nothing is compared any more; empty if it is.
    """

    live: LiveVersions
    breaker: Breaker
    clock: Clock
    share: float
    find_record: Callable[[], Record | None]
    queue: SampleQueue = field(default_factory=SampleQueue)
    outcomes: RowOutcomes = field(default_factory=RowOutcomes)
    process: str = field(default_factory=lambda: secrets.token_hex(8))
    status: PairsStatus | None = None
    endless: set[ServingEngine] = field(default_factory=set)
    stop_reason: str = ""

    def is_endless(self, *versions: LiveVersion) -> bool:
        """Whether one of the versions has blocked a thread."""
        return any(version.engine in self.endless for version in versions)
