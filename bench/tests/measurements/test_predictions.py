"""The tables of the prediction log's cost."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.load.figures import Figures
from bench.load.rounds import Rounds
from bench.measurements.predictions.benchmark import DEFAULT, EVERY, OFF, RATES, count_rows
from bench.measurements.predictions.report import format_tables
from bench.measurements.predictions.results import LoggedRows, PredictionResults

METRICS = """
baton_rows_total{model_version="1"} 900.0
baton_rows_total{model_version="2"} 100.0
baton_predictions_dropped_rows_total{cause="sampled"} 700.0
baton_predictions_dropped_rows_total{cause="rate"} 10.0
baton_predictions_dropped_rows_total{cause="queue"} 5.0
"""


def make_rounds(answered: int, p99_ms: float) -> list[Figures]:
    """Makes two rounds of a second each, in 0.1 s of processor time."""
    return [Figures(answered, 0, 1.0, p50_ms=1.0, p99_ms=p99_ms, p999_ms=9.0, cpu_s=0.1)] * 2


def test_rows_that_are_in_no_file_are_lost(tmp_path: Path) -> None:
    """But not those that were sampled out."""
    folder = tmp_path / "model=a" / "version=1" / "date=2026-11-30"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"row": [*range(280)]}), folder / "a-1.parquet")
    rows = count_rows(METRICS, tmp_path)
    assert (rows.answered, rows.sampled, rows.in_files, rows.files) == (1000, 710, 280, 1)
    assert rows.lost == 10


def test_each_process_is_compared_with_the_one_without_a_log() -> None:
    """The log of every row answers nine tenths as many requests; the default one is too slow."""
    rounds = {name: make_rounds(1000, 2.0) for name in RATES}
    rounds[EVERY] = make_rounds(900, 4.0)
    half = {**rounds, DEFAULT: make_rounds(1000, 2.4)}
    rows = {DEFAULT: LoggedRows(1000, 900, 100, 1, 3000), EVERY: LoggedRows(900, 0, 899, 2, 9000)}
    text = format_tables(PredictionResults(Rounds(rounds), Rounds(half), 500.0, "a machine", rows))
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(f"| {EVERY} ")
    ]
    expected = ["900", "0.90", "111", "1.11", "1.00", "4.00", "2.00", "9.00"]
    assert cells == [[EVERY, *expected]] * 2 + [[EVERY, "900", "0", "899", "1", "2", "10.0"]]
    assert OFF in text
    goals = {
        line.split("|")[1].strip(): line.split("|")[4].strip()
        for line in text.splitlines()
        if line.startswith("| ") and line.count("|") == 5
    }
    assert goals["p99 at half load, 100 rows/s"] == "no"
    assert goals["lost rows, 100 rows/s"] == "yes"
    assert goals["lost rows, every row"] == "no"
