"""A prediction log that is driven by hand, and a reader of its files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_inference.lifecycle.live_versions import CANARY, LiveVersion, LiveVersions
from baton_inference.predictions.logged_request import LoggedRequest, RequestFacts
from baton_inference.predictions.options import LogOptions
from baton_inference.predictions.prediction_log import WAIT_S, PredictionLog
from baton_inference.scoring.batch import Batch, ColumnBatch, RowBatch
from baton_inference.scoring.score_request import ScoreResult
from baton_registry.versions.schema import Schema
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import SCHEMA, SumModel

Row = tuple[Any, ...]


def make_logged_version(
    version: str = "1",
    *,
    schema: Schema = SCHEMA,
    private: frozenset[str] | None = frozenset(),
    share: float = 0.25,
) -> LiveVersion:
    """Makes a version whose manifest names these private columns; None: it has no manifest."""
    made = make_live_version(SumModel(share), version=version, schema=schema)
    return replace(made, private_columns=private)


def make_scores(rows: int, share: float = 0.25) -> Scores:
    """Makes an answer of a `SumModel` to so many rows."""
    return SumModel(share).score({"x": np.zeros(rows)})


class ManualLog:
    """A prediction log without its thread. `version` is in production."""

    def __init__(
        self,
        directory: Path,
        version: LiveVersion | None = None,
        canary: LiveVersion | None = None,
        **options: Any,
    ) -> None:
        self.clock = ManualClock()
        self.live = LiveVersions()
        self.version = version or make_logged_version()
        self.live.swap(self.version)
        if canary is not None:
            self.live.swap(canary, CANARY)
        self.log = PredictionLog(LogOptions(directory, **options), self.live, self.clock.clock())
        self.directory = directory
        self._requests = 0

    def answer(
        self,
        *rows: Row,
        columns: Mapping[str, Array] | None = None,
        version: LiveVersion | None = None,
        **facts: Any,
    ) -> LoggedRequest | None:
        """Answers one request, as the event loop does."""
        batch: Batch = RowBatch(len(rows), [*rows])
        if columns is not None:
            batch = ColumnBatch(len(next(iter(columns.values()))), columns)
        version = version or self.version
        self._requests += 1
        given = {
            "request_id": f"id-{self._requests}",
            "protocol": "predict",
            "alias": "production",
            **facts,
        }
        choice = self.log.queue.sampler.choose(given["request_id"], batch.rows)
        if choice is None:
            return None
        result = ScoreResult(version, make_scores(batch.rows))
        return self.log.queue.add(RequestFacts(**given), batch, result, choice)

    def wait(self, seconds: float = WAIT_S) -> None:
        """Lets time pass, and does one step."""
        self.clock.now_s += seconds
        self.log.step()

    def finish(self) -> list[dict[str, Any]]:
        """Closes all files, and returns the rows of the log."""
        self.log.finish()
        return read_rows(self.directory)


def list_files(directory: Path) -> list[Path]:
    """Lists the closed files, the oldest first."""
    files = directory.glob("model=*/version=*/date=*/*.parquet")
    return sorted(files, key=lambda file: file.stat().st_mtime_ns)


def read_rows(directory: Path) -> list[dict[str, Any]]:
    """Reads all rows, in the order of the files; DuckDB and pandas must read each file, too."""
    rows: list[dict[str, Any]] = []
    for file in list_files(directory):
        rows += check_readable(file)
    return rows


def check_readable(file: Path) -> Sequence[dict[str, Any]]:
    """Reads a file with three libraries, which must find the same columns and rows."""
    table = pq.ParquetFile(file).read()
    frame = pd.read_parquet(file)
    with duckdb.connect() as connection:
        scan = "SELECT * FROM read_parquet(?, hive_partitioning = false)"
        query = connection.execute(scan, [str(file)])
        found = query.to_arrow_table()  # Python's times would need pytz
    assert [*frame.columns] == table.column_names
    assert found.num_columns == table.num_columns  # it renames `f_A` beside `f_a`
    assert len(frame) == found.num_rows == table.num_rows
    read: list[dict[str, Any]] = table.to_pylist()
    return read
