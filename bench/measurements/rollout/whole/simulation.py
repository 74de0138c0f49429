"""Whole rollouts through the product's decision, with three fake replicas.

Replicas restart and begin to count again, are silent for a while, and stop routing by themselves.
The controller restarts too, and then knows only what the record keeps.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from baton_rollout.progress.actions import Abort, Begin, Enter, Next, Pause, Promote, Wait, apply
from baton_rollout.progress.decision import decide
from baton_rollout.progress.facts import Facts, find_retired, merge_counts
from baton_rollout.progress.plan import Plan
from baton_rollout.progress.record import Record
from bench.measurements.rollout.whole.replica import CANARY, LIMITS, PRODUCTION, Replica
from bench.measurements.rollout.whole.rows import TICK_S, World

REPLICAS = 3
TICKS = 240
"""Two hours: a rollout that is in doubt takes longer than its forty minutes."""
CONTROLLER_RESTARTS_A_TICK = 1 / 60

WORLDS = (
    World("half of every limit, keys in sessions", 0.5, 0.5, "sessions"),
    World("at every limit, equal keys", 1.0, 1.0, "equal"),
    World("at every limit, heavy-tailed keys", 1.0, 1.0, "heavy"),
    World("at every limit, keys in sessions", 1.0, 1.0, "sessions"),
    World("fails on 1 %, keys in sessions", 10.0, 0.5, "sessions"),
)

_START = datetime(2026, 11, 29, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """How a rollout ended.

    Attributes:
        end: `promoted`, `aborted`, `paused`, or `in doubt` after two hours.
        message: why.
        minutes: how long it took.
        weight: the canary's weight at the end.
    """

    end: str
    message: str
    minutes: float
    weight: float


def simulate(rng: np.random.Generator, world: World) -> Outcome:
    """Simulates one rollout with the default plan."""
    replicas = [Replica.create(f"replica-{n}", rng, world, TICKS) for n in range(REPLICAS)]
    plan = Plan("0badcafe", CANARY, "production", "bench", "", _START, LIMITS)
    record = Record.create(plan, PRODUCTION)
    facts = Facts(_START, PRODUCTION, None, 0.0)
    for tick in range(TICKS):
        now = _START + timedelta(seconds=tick * TICK_S)
        is_new = rng.random() < CONTROLLER_RESTARTS_A_TICK
        reports = tuple(each.report(tick, facts.weight) for each in replicas)
        known = merge_counts(record.retired if is_new else facts.counts, reports)
        facts = replace(facts, now=now, reports=reports, counts=known)
        action = decide(record, facts)
        match action:
            case Wait():
                continue
            case Begin():
                facts = replace(facts, canary=CANARY)
            case Enter():
                facts = replace(facts, weight=record.weight)
            case Next(step):
                facts = replace(facts, weight=plan.steps[step])
            case _:
                ends = {Promote: "promoted", Abort: "aborted", Pause: "paused"}
                message = getattr(action, "message", "")
                minutes = tick * TICK_S / 60
                return Outcome(ends[type(action)], message, minutes, facts.weight)
        record = apply(record, action, now).retire(find_retired(known, reports))
    return Outcome("in doubt", "", TICKS * TICK_S / 60, facts.weight)
