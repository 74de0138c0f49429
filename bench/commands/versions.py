"""What the life of versions costs callers: swaps, rollouts, shadows, the log, replicas."""

import click

from bench.commands.common import print_results, quick_option, run_on_testbed, write_option
from bench.load.rounds import Scale
from bench.measurements import replica_results, replicas
from bench.measurements.live_rollouts import benchmark as live_rollouts
from bench.measurements.live_rollouts import report as live_report
from bench.measurements.live_rollouts.courses import iterate_courses
from bench.measurements.predictions import benchmark as predictions
from bench.measurements.predictions import report as predictions_report
from bench.measurements.shadow import benchmark as shadow
from bench.measurements.shadow import report as shadow_report
from bench.measurements.swaps import benchmark as swaps
from bench.measurements.swaps import report as swap_report
from bench.output.documents import KUBERNETES


@click.command("swaps")
@quick_option
@write_option
@click.option(
    "--swaps",
    "count",
    type=click.IntRange(swaps.PER_PHASE),
    default=200,
    show_default=True,
    help=f"Number of alias moves, in steps of {swaps.PER_PHASE}.",
)
@click.option(
    "--estimator", default="logistic", show_default=True, help="Estimator of the second version."
)
def swaps_command(*, quick: bool, write: bool, count: int, estimator: str) -> None:
    """Moves the alias under constant load and checks every answer."""
    plan = swaps.SwapPlan(2 if quick else count // swaps.PER_PHASE, estimator=estimator)
    results = run_on_testbed(lambda testbed: swaps.run(testbed, plan))
    print_results("swaps", swap_report.format_tables(results), write=write)


@click.command("live-rollouts")
@quick_option
@write_option
@click.option(
    "--rollouts",
    "count",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Number of rollouts: promoted, aborted and rolled back ones, mixed.",
)
@click.option(
    "--minutes",
    type=click.IntRange(1),
    default=15,
    show_default=True,
    help="Start no rollout after this time; the tables say how many there were.",
)
def live_rollouts_command(*, quick: bool, write: bool, count: int, minutes: int) -> None:
    """Rolls versions out under constant load, and checks every answer and memory."""
    courses = (*iterate_courses(10 if quick else count),)
    plan = live_rollouts.RolloutPlan(courses, limit_s=60.0 * minutes)
    results = run_on_testbed(lambda testbed: live_rollouts.run(testbed, plan))
    print_results("live-rollouts", live_report.format_tables(results), write=write)


@click.command("shadow")
@quick_option
@write_option
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
def shadow_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures what a canary costs: as a shadow, and with a tenth of the requests."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = run_on_testbed(lambda testbed: shadow.run(testbed, scale))
    print_results("shadow", shadow_report.format_tables(results), write=write)


@click.command("predictions")
@quick_option
@write_option
@click.option("--rounds", type=click.IntRange(1), default=20, show_default=True)
def predictions_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures what the prediction log costs: latency, throughput, and lost rows."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = run_on_testbed(lambda testbed: predictions.run(testbed, scale))
    print_results("predictions", predictions_report.format_tables(results), write=write)


@click.command("replicas")
@quick_option
@write_option
def replicas_command(*, quick: bool, write: bool) -> None:
    """Measures what many replicas cost the tracking server: docs/kubernetes.md."""
    plan = replicas.Plan(20, 5, 3) if quick else replicas.Plan()
    results = run_on_testbed(lambda testbed: replicas.run(testbed, plan))
    tables = replica_results.format_tables(results)
    print_results("replicas", tables, write=write, page=KUBERNETES)
