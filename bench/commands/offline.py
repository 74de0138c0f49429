"""Work without callers: training, scoring of datasets, export."""

import click

from baton_cli.terminal import end_line, print_progress
from bench.commands.common import print_results, quick_option, run_on_testbed, write_option
from bench.errors import CannotRun
from bench.measurements import dask_scoring, scoring, training
from bench.measurements.zoo import benchmark as zoo
from bench.measurements.zoo import report as zoo_report
from bench.output.documents import MODELS, README, replace_section


@click.command("train")
@quick_option
@write_option
@click.option("--rows", type=click.IntRange(5_000), default=training.ROWS, show_default=True)
def train_command(*, quick: bool, write: bool, rows: int) -> None:
    """Trains, evaluates and registers a large table with each gradient boosting."""
    count = training.QUICK_ROWS if quick else rows
    results = run_on_testbed(lambda testbed: training.run(testbed, count))
    print_results("train", training.format_tables(results), write=write)
    if write:
        replace_section(README, "train", training.format_summary(results))


@click.command("score")
@quick_option
@write_option
@click.option("--rounds", type=click.IntRange(1), default=scoring.ROUNDS, show_default=True)
def score_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Scores a large table as CSV and as Parquet."""
    scale = (scoring.QUICK_ROWS, 1) if quick else (scoring.ROWS, rounds)
    results = run_on_testbed(lambda testbed: scoring.run(testbed, *scale))
    print_results("score", scoring.format_tables(results), write=write)


@click.command("dask")
@quick_option
@write_option
@click.option("--rows", type=click.IntRange(1_000), default=dask_scoring.ROWS, show_default=True)
@click.option("--files", type=click.IntRange(2), default=dask_scoring.FILES, show_default=True)
def dask_command(*, quick: bool, write: bool, rows: int, files: int) -> None:
    """Scores many files with two workers, and kills one of them."""
    scale = (dask_scoring.QUICK_ROWS, dask_scoring.QUICK_FILES) if quick else (rows, files)
    results = run_on_testbed(lambda testbed: dask_scoring.run(testbed, *scale))
    print_results("dask", dask_scoring.format_tables(results), write=write)


@click.command("zoo")
@write_option
def zoo_command(*, write: bool) -> None:
    """Exports every model of the zoo and compares it with its graph: docs/models.md.

    It needs catboost, category_encoders, imbalanced-learn and feature-engine for their cases.
    """
    results = zoo.run(print_progress)
    end_line()
    text = f"{zoo_report.format_summary(results)}\n\n{zoo_report.format_tables(results)}"
    print_results("zoo", text, write=write, page=MODELS)
    missing = [each.name for each in results.unfitted if each.reason.startswith("No module")]
    if missing:
        raise CannotRun(f"libraries are not installed for: {', '.join(missing)}")
