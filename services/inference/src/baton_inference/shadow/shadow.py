"""The shadow: the thread that scores sampled rows again with the other version."""

import random
import secrets
import threading
from collections.abc import Callable

import structlog

from baton_common.utc import format_utc
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.shadow.admission.admission import Admission
from baton_inference.shadow.breaker import Breaker
from baton_inference.shadow.duty_cycle import DutyCycle
from baton_inference.shadow.pair import Pair
from baton_inference.shadow.pair_limits import find_limits
from baton_inference.shadow.queue import Sample, SampleQueue
from baton_inference.shadow.rows.cells import read_cells
from baton_inference.shadow.rows.row_adapter import Cells
from baton_inference.shadow.rows.timing import TIMED_SHARE
from baton_inference.shadow.rows.watchdog import Watchdog
from baton_inference.shadow.status import PairsStatus, RowOutcomes
from baton_inference.telemetry.stack import format_stack
from baton_rollout.judgement import judge
from baton_rollout.pair_counts import PairCounts
from baton_rollout.progress.record import Record

LEAST_REST_S = 0.05
"""The least rest after a batch: at most 1,280 rows a second.

That many pairs are enough within seconds. More would cost a tenth to a third of the throughput,
because the thread holds the interpreter's lock: docs/decisions/029-shadow.md.
"""
ERROR_REST_S = 5.0
"""The rest after an unexpected error: each is logged."""

log = structlog.get_logger("baton.shadow")


class Shadow:
    """Compares the live versions on sampled rows while a canary is live.

    Attributes:
        queue: takes the rows of answered requests.
        outcomes: what became of them.
        process: a random name of this process: counts of several lives of a replica add up.
        status: the counts of the present pair; None without one. Replaced whole, so that any
            thread may read it.
    """

    def __init__(
        self,
        live: LiveVersions,
        breaker: Breaker,
        clock: Clock,
        *,
        share: float,
        find_record: Callable[[], Record | None] = lambda: None,
    ) -> None:
        """Wires the shadow; starts nothing.

        Args:
            live: the versions that can answer.
            breaker: trips a harmful canary.
            clock: the clock.
            share: the most of one processor that the shadow uses.
            find_record: returns the record of the last rollout, if it is known.
        """
        self.queue = SampleQueue()
        self.outcomes = RowOutcomes()
        self.process = secrets.token_hex(8)
        self.status: PairsStatus | None = None
        self._live = live
        self._breaker = breaker
        self._clock = clock
        self._cycle = DutyCycle(share)
        self._find_record = find_record
        self._watchdog = Watchdog()
        self._pair: Pair | None = None
        self._since = ""
        self._since_s = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="shadow", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Makes the thread stop after the batch that it scores. Does not wait for it."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Waits until the thread has stopped, or the time is over."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def is_running(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def run(self) -> None:
        """Scores batches until `stop` is called, and rests in between."""
        while not self._stopping.is_set():
            self._cycle.start()
            least_rest_s = LEAST_REST_S
            try:
                self.step()
            except Exception as error:  # noqa: BLE001 - its text may quote a cell
                stack = format_stack(error)
                log.error("the shadow failed with an unexpected error", stack=stack)  # noqa: TRY400
                least_rest_s = ERROR_REST_S
            self._stopping.wait(max(self._cycle.compute_rest_s(), least_rest_s))

    def step(self) -> None:
        """Scores one batch, if there is one."""
        pair = self._find_pair()
        if pair is None:
            return
        is_timed = random.random() < TIMED_SHARE  # noqa: S311 - guards nothing
        max_rows = pair.get_max_rows(is_timed=is_timed)
        samples, cells = self._take(pair, max_rows)
        if samples:
            pair.score(samples, cells, is_timed=is_timed)
            self._publish(pair)

    def _find_pair(self) -> Pair | None:
        """Returns the pair of the live versions; a new one starts without counts."""
        production, canary = self._live.production, self._live.canary
        if production is None or canary is None:
            self._pair = self.status = None
            self.queue.clear()
        elif self._pair is None or not self._pair.holds(production, canary):
            self._pair = Pair(production, canary, self._watchdog)
            self._since = format_utc(self._clock.posix_s())
            self._since_s = self._clock.steady_s()
            self.status = None
            self.queue.needs_bodies = self._pair.needs_bodies
            self.queue.clear()
            self._publish(self._pair)
        return self._pair

    def _take(self, pair: Pair, max_rows: int) -> tuple[list[Sample], list[Cells]]:
        """Takes rows of the pair that become pairs."""
        samples: list[Sample] = []
        rows: list[Cells] = []
        for sample in self.queue.take():
            version = pair.find_answering(sample)
            if version is None:
                continue
            cells = read_cells(sample.batch, version.schema)
            admission = pair.admissions.admit(cells, sample.source)
            if admission is Admission.PAIRED:
                samples.append(sample)
                rows.append(cells)
            elif admission is Admission.REPEATED:
                self.outcomes.repeated += 1
            else:
                self.outcomes.over_share += 1
            if len(rows) >= max_rows:
                break
        return samples, rows

    def _note_pairs(self, before: PairCounts, after: PairCounts) -> None:
        compared = after.compared - before.compared
        self.outcomes.scored += compared
        self.outcomes.failed += after.pairs - before.pairs - compared

    def _publish(self, pair: Pair) -> None:
        """Publishes the counts, and trips the canary if they show harm."""
        production, canary = pair.production, pair.canary
        counts = pair.tally.build_counts()
        if self.status is not None:
            self._note_pairs(self.status.counts, counts)
        judgements = judge(counts, find_limits(production, canary, self._find_record()))
        self.status = PairsStatus(
            production.model.version, canary.model.version, self._since, counts, judgements
        )
        self._breaker.check(canary.identity, self._since_s, judgements)
