"""The metrics of the comparison of production and canary. There are series of these two only."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from baton_inference.shadow.shadow import Shadow
from baton_inference.shadow.status import PairsStatus
from baton_rollout.signals import GRID

_PAIR = ("production", "canary")
_COUNTERS = (
    ("baton_pairs", "Rows that both versions scored.", "pairs"),
    ("baton_pair_failures", "Of them, rows on which only the canary failed.", "failures"),
    ("baton_pair_other_labels", "Of them, rows with another label.", "other_labels"),
    ("baton_pair_timed", "Batches that both versions scored for their time.", "timed"),
    ("baton_pair_slow", "Of them, batches in which the canary was slower.", "slower"),
)


class PairCollector(Collector):
    """Builds the metric families on each scrape."""

    def __init__(self, shadow: Shadow, trip_signal: Callable[[], str | None]) -> None:
        """Wires the collector.

        Args:
            shadow: has the counts.
            trip_signal: returns the signal that tripped the live canary, empty if a process before
                this one tripped it; None if it has not tripped.
        """
        self._shadow = shadow
        self._trip_signal = trip_signal

    def collect(self) -> Iterator[Metric]:
        """Yields the families under their public names."""
        outcomes, queue = self._shadow.outcomes, self._shadow.queue
        rows = CounterMetricFamily(
            "baton_shadow_rows",
            "Rows offered to the shadow, by what became of them.",
            labels=("outcome",),
        )
        for outcome, count in (
            ("scored", outcomes.scored),
            ("failed", outcomes.failed),
            ("repeated", outcomes.repeated),
            ("over_share", outcomes.over_share),
            ("abandoned", outcomes.abandoned),
            ("dropped", queue.dropped),
        ):
            rows.add_metric((outcome,), count)
        yield rows
        tripped = GaugeMetricFamily(
            "baton_canary_tripped",
            "1 if this process stopped routing to the canary, by the signal that tripped it.",
            labels=("signal",),
        )
        signal = self._trip_signal()
        if signal is not None:
            tripped.add_metric((signal,), 1)
        yield tripped
        yield GaugeMetricFamily(
            "baton_shadow_stopped",
            "1 if this process compares nothing any more until a restart, else 0.",
            value=bool(self._shadow.stop_reason),
        )
        status = self._shadow.status
        if status is not None:
            yield from _collect_pairs(status)


def _collect_pairs(status: PairsStatus) -> Iterator[Metric]:
    pair = (status.production, status.canary)
    for name, text, field in _COUNTERS:
        counter = CounterMetricFamily(name, text, labels=_PAIR)
        counter.add_metric(pair, getattr(status.counts, field))
        yield counter
    scores = HistogramMetricFamily(
        "baton_pair_score_difference",
        "Score of the canary minus that of production; values in standard deviations.",
        labels=(*_PAIR, "class"),
    )
    for name, counts in status.counts.score.items():
        # Without a sum: OpenMetrics has none for negative values.
        scores.add_metric((*pair, name), _accumulate(counts), None)
    yield scores
    evidence = GaugeMetricFamily(
        "baton_pair_evidence",
        "Odds that the canary is beyond its limit, from the pairs of this process.",
        labels=("signal",),
    )
    for judgement in status.judgements:
        evidence.add_metric((judgement.signal,), judgement.odds)
    yield evidence


def _accumulate(counts: Sequence[int]) -> list[tuple[str, float]]:
    bounds = (*map(str, GRID[:-1]), "+Inf")
    return [*zip(bounds, map(float, accumulate(counts)), strict=True)]
