"""Support for tests of datasets: files of rows with an id, and their scored output."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.dataset.dataset_scoring import (
    DatasetRequest,
    RunPartitions,
    ScoringSummary,
    plan_scoring,
    run_plan,
)
from baton_cli.dataset.portable_version import fetch_version
from baton_cli.progress import ConsoleProgress
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import defer_signals
from baton_cli.storage_location import StorageLocation

ROWS = 60
GROUP_ROWS = 20


def build_rows(first: int, rows: int) -> pa.Table:
    """Builds rows for the model of `add_onnx`; `id` counts from `first`."""
    ids = np.arange(first, first + rows)
    return pa.table({"id": ids, "x": np.sin(ids)})


def write_dataset(
    folder: Path, files: int = 3, rows: int = ROWS, group_rows: int = GROUP_ROWS
) -> Path:
    """Writes Parquet files of some row groups; the ids of all count from 0."""
    folder.mkdir(exist_ok=True)
    for number in range(files):
        table = build_rows(number * rows, rows)
        pq.write_table(table, folder / f"{number:03}.parquet", row_group_size=group_rows)
    return folder


@contextmanager
def open_here() -> Iterator[RunPartitions]:
    """An engine that scores in this process, one partition after another."""
    yield map


def score_here(
    source: Path | str, output: Path | str, number: str | None = None, **options: object
) -> ScoringSummary:
    """Scores a dataset in this process."""
    version = fetch_version(load(CliSettings), number, defer_signals)
    given = {"csv_format": CsvFormat(), "keep": None, "skips_bad_rows": False, **options}
    request = DatasetRequest(StorageLocation(str(source)), StorageLocation(str(output)), **given)  # type: ignore[arg-type]
    with ConsoleProgress() as progress:
        return run_plan(plan_scoring(request, version), open_here, progress)


def read_ids(output: Path) -> list[int]:
    """Reads the ids of a scored dataset, in its order."""
    ids: Sequence[int] = pq.read_table(output)["id"].to_pylist()
    return list(ids)
