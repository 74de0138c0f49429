"""A large table trained, evaluated and registered by `baton train`: how long, how much memory."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from baton_trainer.tables import churn
from bench.machine import usage
from bench.output.goals import at_most, goal_table
from bench.output.progress import progress
from bench.output.table import markdown, number
from bench.testbed.testbed import MODEL, Stage

ESTIMATORS = ("lightgbm", "xgboost", "hist_gradient_boosting")
ROWS, QUICK_ROWS = 1_000_000, 20_000
TIME_GOAL_S, MEMORY_GOAL_GB = 600, 6

_GB_IN_KIB = 1e9 / 1024


@dataclass(frozen=True)
class Training:
    """One run of the command.

    Attributes:
        seconds: from the start of the process to its end.
        peak_gb: its largest resident memory, in GB of 10^9 bytes.
        metrics: by name, as MLflow has them.
    """

    seconds: float
    peak_gb: float
    metrics: Mapping[str, float]


@dataclass
class TrainingResults:
    """What was found.

    Attributes:
        rows: of the table.
        file_mb: its size as CSV, in MB of 10^6 bytes.
        trainings: by estimator.
        machine: what it was measured on.
    """

    rows: int
    file_mb: float
    trainings: dict[str, Training] = field(default_factory=dict)
    machine: str = ""


async def run(place: Stage, rows: int) -> TrainingResults:
    """Trains every gradient boosting on the built-in table, made that long."""
    file = place.home.path / "table.csv"
    with progress(len(ESTIMATORS) + 1) as done:
        churn.generate(rows).to_csv(file, index=False)
        done(f"{rows:,} rows are made")
        results = TrainingResults(rows, file.stat().st_size / 1e6)
        start = usage.read()
        for estimator in ESTIMATORS:
            found = await _trained(place, file, estimator)
            results.trainings[estimator] = found
            done(f"{estimator}: {found.seconds:.0f} s, {found.peak_gb:.1f} GB")
        results.machine = usage.description(start, usage.read())
    return results


async def _trained(place: Stage, file: Path, estimator: str) -> Training:
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
    started = usage.read().wall_s
    out = await place.output(place.program(f"training {estimator}", *command))
    seconds = usage.read().wall_s - started
    *_, version, peak_kib = out.split()
    metrics = await _metrics(place.tracking_uri, version)
    return Training(seconds, int(peak_kib) / _GB_IN_KIB, metrics)


async def _metrics(tracking_uri: str, version: str) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=f"{tracking_uri}/api/2.0/mlflow/") as client:
        named = {"name": MODEL, "version": version}
        answer = await client.get("model-versions/get", params=named)
        run_id = answer.raise_for_status().json()["model_version"]["run_id"]
        answer = await client.get("runs/get", params={"run_id": run_id})
        metrics = answer.raise_for_status().json()["run"]["data"]["metrics"]
    return {each["key"]: each["value"] for each in metrics}


def short(results: TrainingResults) -> str:
    """The one line for those who only pass by."""
    said = [
        f"{name} {each.seconds:.0f} s and {number(each.peak_gb)} GB"
        for name, each in results.trainings.items()
    ]
    return (
        f"{results.rows:,} rows of 19 columns, trained, evaluated and registered by `baton train`: "
        f"{', '.join(said)}.\n\nOn {results.machine}."
    )


def full(results: TrainingResults) -> str:
    """Every table, with headings."""
    head = ["", "seconds", "peak GB", "ROC AUC, cross-validated", "held out", "ONNX differs by"]
    rows = [
        [
            name,
            number(each.seconds),
            number(each.peak_gb),
            f"{each.metrics['cv_roc_auc']:.4f}",
            f"{each.metrics['test_roc_auc']:.4f}",
            f"{each.metrics['onnx_max_abs_diff']:.0e}",
        ]
        for name, each in results.trainings.items()
    ]
    longest = max(each.seconds for each in results.trainings.values())
    largest = max(each.peak_gb for each in results.trainings.values())
    goals = [
        at_most("the longest training", TIME_GOAL_S, longest, "s"),
        at_most("the largest memory", MEMORY_GOAL_GB, largest, "GB"),
    ]
    title = f"{results.rows:,} rows of 19 columns, {results.file_mb:.0f} MB of CSV"
    return (
        f"### {title}\n\n{markdown(head, rows)}\n\n"
        f"### Goals\n\n{goal_table(goals)}\n\nOn {results.machine}."
    )
