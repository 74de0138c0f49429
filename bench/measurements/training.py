"""The benchmark of training: time and memory of `baton train` on a large table."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from baton_trainer.tables import churn
from bench.machine import usage
from bench.output.goals import expect_at_most, format_goals
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.testbed import MODEL, Testbed

ESTIMATORS = ("lightgbm", "xgboost", "hist_gradient_boosting")
ROWS, QUICK_ROWS = 1_000_000, 20_000
TIME_GOAL_S, MEMORY_GOAL_GB = 600, 6

_GB_IN_KIB = 1e9 / 1024


@dataclass(frozen=True)
class Training:
    """One run of the command.

    Attributes:
        seconds: from process start to exit.
        peak_gb: peak resident memory, in GB of 10^9 bytes.
        metrics: MLflow metrics by name.
    """

    seconds: float
    peak_gb: float
    metrics: Mapping[str, float]


@dataclass
class TrainingResults:
    """The results of a run.

    Attributes:
        rows: the number of rows.
        file_mb: its size as CSV, in MB of 10^6 bytes.
        trainings: by estimator.
        machine: description of the machine.
    """

    rows: int
    file_mb: float
    trainings: dict[str, Training] = field(default_factory=dict)
    machine: str = ""


async def run(testbed: Testbed, rows: int) -> TrainingResults:
    """Trains every gradient boosting on the built-in table with that many rows."""
    file = testbed.home.path / "table.csv"
    with show_progress(len(ESTIMATORS) + 1) as step:
        churn.generate(rows).to_csv(file, index=False)
        step(f"generated {rows:,} rows")
        results = TrainingResults(rows, file.stat().st_size / 1e6)
        start = usage.read_usage()
        for estimator in ESTIMATORS:
            training = await _train(testbed, file, estimator)
            results.trainings[estimator] = training
            step(f"{estimator}: {training.seconds:.0f} s, {training.peak_gb:.1f} GB")
        results.machine = usage.describe_machine(start, usage.read_usage())
    return results


async def _train(testbed: Testbed, file: Path, estimator: str) -> Training:
    train = ("train", "--data", str(file), "--estimator", estimator)
    command = (
        sys.executable,
        "-m",
        "bench.machine.peak",
        sys.executable,
        "-m",
        "baton_cli",
        *train,
    )
    started = usage.read_usage().wall_s
    out = await testbed.read_output(testbed.create_program(f"training {estimator}", *command))
    seconds = usage.read_usage().wall_s - started
    *_, version, peak_kib = out.split()
    metrics = await _fetch_metrics(testbed.tracking_uri, version)
    return Training(seconds, int(peak_kib) / _GB_IN_KIB, metrics)


async def _fetch_metrics(tracking_uri: str, version: str) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=f"{tracking_uri}/api/2.0/mlflow/") as client:
        query = {"name": MODEL, "version": version}
        answer = await client.get("model-versions/get", params=query)
        run_id = answer.raise_for_status().json()["model_version"]["run_id"]
        answer = await client.get("runs/get", params={"run_id": run_id})
        metrics = answer.raise_for_status().json()["run"]["data"]["metrics"]
    return {each["key"]: each["value"] for each in metrics}


def format_summary(results: TrainingResults) -> str:
    """Formats one line for the README."""
    trainings = [
        f"{name} {each.seconds:.0f} s and {format_number(each.peak_gb)} GB"
        for name, each in results.trainings.items()
    ]
    return (
        "`baton train` trained, evaluated and registered a model on a table of "
        f"{results.rows:,} rows and 19 columns: {', '.join(trainings)}.\n\n"
        f"Machine: {results.machine}."
    )


def format_tables(results: TrainingResults) -> str:
    """Formats all tables with headings."""
    head = ["", "seconds", "peak GB", "ROC AUC, cross-validated", "held out", "ONNX differs by"]
    rows = [
        [
            name,
            format_number(each.seconds),
            format_number(each.peak_gb),
            f"{each.metrics['cv_roc_auc']:.4f}",
            f"{each.metrics['test_roc_auc']:.4f}",
            f"{each.metrics['onnx_max_abs_diff']:.0e}",
        ]
        for name, each in results.trainings.items()
    ]
    longest = max(each.seconds for each in results.trainings.values())
    largest = max(each.peak_gb for each in results.trainings.values())
    goals = [
        expect_at_most("longest training", TIME_GOAL_S, longest, "s"),
        expect_at_most("largest memory", MEMORY_GOAL_GB, largest, "GB"),
    ]
    title = f"{results.rows:,} rows of 19 columns, {results.file_mb:.0f} MB of CSV"
    return (
        f"### {title}\n\n{format_table(head, rows)}\n\n"
        f"### Goals\n\n{format_goals(goals)}\n\nMachine: {results.machine}."
    )
