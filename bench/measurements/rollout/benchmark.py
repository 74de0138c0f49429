"""Simulates rollouts: at the boundary, harmful ones, by other rules, and whole ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from baton_rollout.judgement import ABORT_ODDS, TRIP_ODDS
from baton_rollout.signals import SIGNALS, Signal
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.rollout.hours import CANARIES, Canary
from bench.measurements.rollout.results import Delay, RolloutResults, Verdicts
from bench.measurements.rollout.rules import RULES
from bench.measurements.rollout.scenarios import BOUNDARIES, Harm, list_harms
from bench.measurements.rollout.streams import Differences, Scale
from bench.measurements.rollout.wealth import NEVER
from bench.measurements.rollout.whole.rows import World
from bench.measurements.rollout.whole.simulation import WORLDS, Outcome, simulate
from bench.measurements.simulation import create_rng, map_in_order, open_pool
from bench.output.progress import show_progress

SEED = 18
BATCH = 64
"""Pairs between two looks at differences at the boundary: the rows of a batch of the product."""
_CHUNK = 50  # whole rollouts of one call


@dataclass(frozen=True)
class Size:
    """How much is simulated.

    Attributes:
        boundary: rollouts at the boundary, of `pairs` each.
        pairs: the length of these.
        harmful: rollouts of each harmful canary.
        hours: recorded hours of each canary.
        whole: whole rollouts of each canary.
        processes: the number of processes; 1: this one.
    """

    boundary: int
    pairs: int
    harmful: int
    hours: int
    whole: int
    processes: int = 2


FULL = Size(10_000, 100_000, 1_000, 500, 1_000)
QUICK = Size(1_000, 10_000, 200, 50, 50)


def run(size: Size) -> RolloutResults:
    """Runs all simulations."""
    start = read_usage()
    results = RolloutResults(Scale(size.boundary, size.pairs))
    harms = list_harms()
    chunks = [(world, at) for world in WORLDS for at in range(0, size.whole, _CHUNK)]
    steps = len(SIGNALS) + len(harms) + len(CANARIES) + len(chunks)
    with show_progress(steps) as step, open_pool(size.processes) as pool:
        aborted = map_in_order(pool, partial(_abort, size), SIGNALS)
        for signal, count in zip(SIGNALS, aborted, strict=True):
            results.false_aborts[signal] = count
            step(f"false aborts: {signal}")
        for delay in map_in_order(pool, partial(_delay, size), harms):
            results.delays.append(delay)
            step(f"delay: {delay.harm.name}")
        for verdicts in map_in_order(pool, partial(_judge, size), CANARIES):
            results.verdicts.append(verdicts)
            step(f"rules: {verdicts.canary.name}")
        ends = map_in_order(pool, partial(_roll, size), chunks)
        for (world, first), outcomes in zip(chunks, ends, strict=True):
            results.outcomes[world] = [*results.outcomes.get(world, []), *outcomes]
            step(f"whole rollouts: {world.name}, from {first}")
    results.machine = describe_machine(start, read_usage())
    return results


def _abort(size: Size, signal: Signal) -> int:
    """Counts the aborts of canaries at the boundary."""
    stream = BOUNDARIES[signal]
    pairs_a_look = BATCH if isinstance(stream, Differences) else 1
    scale = Scale(size.boundary, size.pairs, pairs_a_look=pairs_a_look)
    aborts = stream.find_aborts(create_rng(SEED, signal), scale)
    return int((aborts < NEVER).sum())


def _delay(size: Size, harm: Harm) -> Delay:
    scale = Scale(size.harmful, harm.pairs, (ABORT_ODDS, TRIP_ODDS))
    return Delay(harm, harm.stream.find_aborts(create_rng(SEED, harm.name), scale))


def _judge(size: Size, canary: Canary) -> Verdicts:
    rng = create_rng(SEED, canary.name)
    hours = canary.record(rng, size.hours)
    return Verdicts(canary, {name: rule(hours, rng) for name, rule in RULES.items()})


def _roll(size: Size, chunk: tuple[World, int]) -> Sequence[Outcome]:
    world, first = chunk
    rollouts = min(_CHUNK, size.whole - first)
    rng = create_rng(SEED, f"{world.name}, from {first}")
    return [simulate(rng, world) for _ in range(rollouts)]
