"""Simulated decisions, without a server."""

import click

from bench.commands.common import print_results, quick_option, write_option
from bench.measurements.drift import benchmark as drift
from bench.measurements.drift import report as drift_report
from bench.measurements.rollout import benchmark as rollout
from bench.measurements.rollout import report as rollout_report


@click.command("rollout")
@quick_option
@write_option
def rollout_command(*, quick: bool, write: bool) -> None:
    """Simulates rollouts: false aborts, delays, other rules, whole rollouts; without a server."""
    results = rollout.run(rollout.QUICK if quick else rollout.FULL)
    print_results("rollout", rollout_report.format_tables(results), write=write)


@click.command("drift")
@quick_option
@write_option
def drift_command(*, quick: bool, write: bool) -> None:
    """Simulates reports of drift: false alarms, and what change is found; without a server."""
    results = drift.run(drift.QUICK if quick else drift.FULL)
    print_results("drift", drift_report.format_tables(results), write=write)
