"""One thread of the shadow: it scores sampled rows again with the other version."""

import random
import threading
from collections.abc import Callable

import structlog

from baton_common.utc import format_utc
from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.shadow.admission.admission import Admission
from baton_inference.shadow.board import ShadowBoard
from baton_inference.shadow.duty_cycle import DutyCycle
from baton_inference.shadow.pair import Pair
from baton_inference.shadow.pair_limits import find_limits
from baton_inference.shadow.queue import Sample
from baton_inference.shadow.rows.cells import read_cells
from baton_inference.shadow.rows.row_adapter import Cells
from baton_inference.shadow.rows.timing import TIMED_SHARE
from baton_inference.shadow.rows.watchdog import MAX_STOPS, Watchdog
from baton_inference.shadow.status import PairsStatus
from baton_inference.telemetry.stack import format_stack
from baton_rollout.judgement import judge
from baton_rollout.pair_counts import PairCounts

LEAST_REST_S = 0.05
"""The least rest after a batch: at most 1,280 rows a second.

That many pairs are enough within seconds. More would cost a tenth to a third of the throughput,
because the thread holds the interpreter's lock: docs/decisions/029-shadow.md.
"""
ERROR_REST_S = 5.0
"""The rest after an unexpected error: each is logged."""

log = structlog.get_logger("baton.shadow")


class ShadowWorker:
    """Compares the live versions on sampled rows while a canary is live.

    Attributes:
        thread: the thread that `start` starts.
        rows: the rows of the batch that it scores.
        pair: the present pair.
    """

    def __init__(
        self,
        board: ShadowBoard,
        stopping: threading.Event,
        give_up: Callable[["ShadowWorker", ServingEngine], None],
        *,
        max_stops: int = MAX_STOPS,
    ) -> None:
        """Starts nothing yet.

        Args:
            board: what outlives this thread.
            stopping: ends the thread.
            give_up: called, in another thread, with the model of a call that cannot be stopped.
                From then on this worker publishes nothing, and ends with its call.
            max_stops: the stops that a call may ignore.
        """
        self.thread = threading.Thread(target=self.run, name="shadow", daemon=True)
        self.rows = 0
        self.pair: Pair | None = None
        self._board = board
        self._stopping = stopping
        self._watchdog = Watchdog(lambda engine: give_up(self, engine), max_stops=max_stops)
        self._cycle = DutyCycle(board.share)
        self._since = ""
        self._since_s = 0.0

    def run(self) -> None:
        """Scores batches until it is stopped or given up, and rests in between."""
        while not self._stopping.is_set() and not self._watchdog.has_given_up:
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
            self.rows = len(samples)
            pair.score(samples, cells, is_timed=is_timed)
            self._publish(pair)

    def _find_pair(self) -> Pair | None:
        """Returns the pair of the live versions; a new one starts without counts."""
        board = self._board
        production, canary = board.live.production, board.live.canary
        if production is None or canary is None:
            self.pair = board.status = None
            board.queue.clear()
        elif board.is_endless(production, canary):
            self._rest_from(production, canary)
        elif self.pair is None or not self.pair.holds(production, canary):
            self.pair = Pair(production, canary, self._watchdog)
            self._since = format_utc(board.clock.posix_s())
            self._since_s = board.clock.steady_s()
            board.status = None
            board.queue.needs_bodies = self.pair.needs_bodies
            board.queue.clear()
            self._publish(self.pair)
        return self.pair

    def _rest_from(self, production: LiveVersion, canary: LiveVersion) -> None:
        """Compares nothing with a model that never ends. The counts of these two versions stay."""
        board = self._board
        self.pair = None
        board.queue.clear()
        status, numbers = board.status, (production.model.version, canary.model.version)
        if status is not None and (status.production, status.canary) != numbers:
            board.status = None

    def _take(self, pair: Pair, max_rows: int) -> tuple[list[Sample], list[Cells]]:
        """Takes rows of the pair that become pairs."""
        samples: list[Sample] = []
        rows: list[Cells] = []
        outcomes = self._board.outcomes
        for sample in self._board.queue.take():
            version = pair.find_answering(sample)
            if version is None:
                continue
            cells = read_cells(sample.batch, version.schema)
            admission = pair.admissions.admit(cells, sample.source)
            if admission is Admission.PAIRED:
                samples.append(sample)
                rows.append(cells)
            elif admission is Admission.REPEATED:
                outcomes.repeated += 1
            else:
                outcomes.over_share += 1
            if len(rows) >= max_rows:
                break
        return samples, rows

    def _note_pairs(self, before: PairCounts, after: PairCounts) -> None:
        compared = after.compared - before.compared
        self._board.outcomes.scored += compared
        self._board.outcomes.failed += after.pairs - before.pairs - compared

    def _publish(self, pair: Pair) -> None:
        """Publishes the counts, and trips the canary if they show harm."""
        if self._watchdog.has_given_up:
            return  # another thread goes on
        board, production, canary = self._board, pair.production, pair.canary
        counts = pair.tally.build_counts()
        if board.status is not None:
            self._note_pairs(board.status.counts, counts)
        judgements = judge(counts, find_limits(production, canary, board.find_record()))
        board.status = PairsStatus(
            production.model.version, canary.model.version, self._since, counts, judgements
        )
        board.breaker.check(canary.identity, production.identity, self._since_s, judgements)
