"""The tables of the simulated rollouts."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

import numpy as np

from bench.measurements.rollout.results import Delay, RolloutResults, Verdicts
from bench.measurements.rollout.rules import RULES
from bench.measurements.rollout.whole.simulation import Outcome
from bench.output.goals import Goal, expect_at_most, format_goals
from bench.output.table import DASH, format_number, format_table

FALSE_ABORTS_PERCENT = 0.8
WHOLE_FALSE_ABORTS_PERCENT = 5.0
SLOWER_THAN_DESIGNED = 1.2
_MEDIAN, _LATE = 0.5, 0.95


def format_tables(results: RolloutResults) -> str:
    """Formats all tables with their headings."""
    scale = results.scale
    delays = len(results.delays[0].aborts)
    hours = len(next(iter(results.verdicts[0].minutes.values())))
    whole = len(next(iter(results.outcomes.values())))
    return "\n\n".join(
        [
            f"### False aborts: {scale.rollouts:,} rollouts of {scale.pairs:,} pairs at each limit",
            _format_false_aborts(results),
            f"### Delay: pairs until an abort (designed); {delays:,} rollouts of each canary",
            _format_delays(results.delays),
            f"### The same {hours:,} hours judged by other rules: aborted, median minute",
            _format_verdicts(results.verdicts),
            f"### Whole rollouts: {whole:,} each; three replicas, restarts, lost counts",
            _format_outcomes(results),
            "### Goals",
            format_goals(list_goals(results)),
            f"Machine: {results.machine}.",
        ]
    )


def list_goals(results: RolloutResults) -> list[Goal]:
    """Lists the goals: false aborts, and delays as designed."""
    rollouts = results.scale.rollouts
    goals = [
        expect_at_most(
            f"false aborts, {signal}", FALSE_ABORTS_PERCENT, 100 * aborted / rollouts, "%"
        )
        for signal, aborted in results.false_aborts.items()
    ]
    for delay in results.delays:
        worst = max(
            delay.compute_quantile(_MEDIAN) / delay.harm.median,
            delay.compute_quantile(_LATE) / delay.harm.late,
        )
        goals.append(
            expect_at_most(f"delay vs. designed, {delay.harm.name}", SLOWER_THAN_DESIGNED, worst)
        )
    for world, outcomes in results.outcomes.items():
        if not world.is_harmful:
            share = 100 * _count_ends(outcomes)["aborted"] / len(outcomes)
            name = f"false aborts, {world.name}"
            goals.append(expect_at_most(name, WHOLE_FALSE_ABORTS_PERCENT, share, "%"))
    return goals


def _format_false_aborts(results: RolloutResults) -> str:
    rollouts = results.scale.rollouts
    rows = [
        [signal, format_number(aborted), f"{100 * aborted / rollouts:.2f} %"]
        for signal, aborted in results.false_aborts.items()
    ]
    return format_table(["signal", "aborted", "share"], rows)


def _format_delays(delays: Sequence[Delay]) -> str:
    rows = [
        [
            delay.harm.name,
            _compare(delay.compute_quantile(_MEDIAN), delay.harm.median),
            _compare(delay.compute_quantile(_LATE), delay.harm.late),
            _compare(delay.compute_quantile(_MEDIAN, 1), delay.harm.trip),
        ]
        for delay in delays
    ]
    return format_table(["canary", "median", "95 %", "one process stops routing to it"], rows)


def _compare(pairs: float, designed: int | None) -> str:
    reached = format_number(round(pairs)) if np.isfinite(pairs) else DASH
    return f"{reached} ({format_number(designed)})"


def _format_verdicts(verdicts: Sequence[Verdicts]) -> str:
    rows = []
    for verdict in verdicts:
        expected = "abort" if verdict.canary.is_harmful else "keep"
        cells = [_format_minutes(verdict.minutes[rule]) for rule in RULES]
        rows.append([verdict.canary.name, expected, *cells])
    return format_table(["canary", "right", *RULES], rows)


def _format_minutes(minutes: np.ndarray) -> str:
    ended = minutes[np.isfinite(minutes)]
    share = 100 * len(ended) / len(minutes)
    return f"{share:.1f} %, {format_number(median(ended))}" if len(ended) else "0"


def _format_outcomes(results: RolloutResults) -> str:
    rows = []
    for world, outcomes in results.outcomes.items():
        ends = _count_ends(outcomes)
        unseen = sum(each.end == "aborted" and each.weight == 0 for each in outcomes)
        minutes = median(each.minutes for each in outcomes)
        counts = [ends["promoted"], ends["aborted"], unseen, ends["in doubt"], ends["paused"]]
        rows.append([world.name, *map(format_number, counts), format_number(float(minutes))])
    head = ["canary", "promoted", "aborted", "of them at 0 %", "in doubt", "paused", "minutes"]
    return format_table(head, rows)


def _count_ends(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(each.end for each in outcomes)
