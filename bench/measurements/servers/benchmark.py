"""The benchmark of the servers: Baton, peers and echo floor, one after another, in rounds.

All servers run all the time; only one is under load. A round measures each line once, so other work
on the machine affects all lines alike. The tables show the medians of the rounds.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from baton_cli.errors import CommandFailed
from baton_cli.terminal import print_progress
from bench.errors import CannotRun
from bench.load.closed_loop import require_wrk
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.servers.contestants import Contestant, Factory
from bench.measurements.servers.results import Results, Start
from bench.measurements.servers.rounds import NOISY_MS, LoadRounds, ServerScale
from bench.measurements.servers.starts import START_KINDS, measure_starts
from bench.output.progress import Step, show_progress
from bench.testbed.testbed import Testbed


async def run(testbed: Testbed, factories: Sequence[Factory], scale: ServerScale) -> Results:
    """Runs the benchmark; the results name the servers that could not run.

    Raises:
        CannotRun: Baton itself cannot run.
    """
    require_wrk()
    contestants, missing = await _create_contestants(factories, testbed)
    results = Results(missing=missing)
    with show_progress(_count_steps(contestants, scale)) as step:
        async with AsyncExitStack() as stack:
            running = await _start_all(contestants, results, stack, step)
            before = read_usage()
            rounds = LoadRounds(scale, testbed.home.path, step, results)
            await rounds.measure(running)
            results.machine = f"{describe_machine(before, read_usage())}; {scale}"
            results.machine += _describe_dropped(results, scale)
            for each in running:
                results.starts[each.server.name].loaded = each.server.measure_memory()
        results.starts |= await measure_starts(testbed, scale.rounds, step)
    return results


def _describe_dropped(results: Results, scale: ServerScale) -> str:
    counts = ", ".join(
        f"{dropped} of {scale.rounds} at {count}" for count, dropped in results.dropped.items()
    )
    return (
        f"; rounds dropped because the floor's p99 was over {NOISY_MS:g} ms: {counts} connections"
    )


def _count_steps(contestants: Sequence[Contestant], scale: ServerScale) -> int:
    one_row = sum(len(each.one_row) for each in contestants)
    many_rows = sum(len(each.many_rows) for each in contestants)
    per_round = one_row * (len(scale.connections) + 1) + many_rows + len(START_KINDS)
    return len(contestants) + scale.rounds * per_round


async def _create_contestants(
    factories: Sequence[Factory], testbed: Testbed
) -> tuple[list[Contestant], list[str]]:
    contestants: list[Contestant] = []
    missing: list[str] = []
    for create in factories:
        try:
            contestants.append(await create(testbed))
        except (CannotRun, CommandFailed) as error:
            missing.append(str(error))
            print_progress(f"skipped: {error}")
    return contestants, missing


async def _start_all(
    contestants: Sequence[Contestant], results: Results, stack: AsyncExitStack, step: Step
) -> list[Contestant]:
    running = []
    for each in contestants:
        stack.push_async_callback(each.server.stop)
        try:
            results.starts[each.server.name] = await _start(each, step)
            running.append(each)
        except CannotRun as error:
            results.missing.append(str(error))
    return running


async def _start(contestant: Contestant, step: Step) -> Start:
    server = contestant.server
    seconds = await server.start(contestant.one_row[0].request)
    step(f"{server.name} answers after {seconds:.2f} s")
    return Start(seconds, server.measure_memory())
