"""A prediction log in a folder, written by arro3 as inference writes it."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from arro3.core import Table
from arro3.io import write_parquet

from baton_common.prediction_log import build_labels_folder, build_predictions_folder

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)

_TIME = pa.timestamp("us", tz="UTC")
_TYPES = {
    "time": _TIME,
    "received_at": _TIME,
    "at": _TIME,
    "row": pa.int32(),
    "sampling": pa.float64(),
    **dict.fromkeys(("request_id", "key", "protocol", "alias", "other_version"), pa.string()),
    **dict.fromkeys(("source", "api_key"), pa.string()),
}


@dataclass
class MadeLog:
    """The log of one model.

    Attributes:
        folder: of the whole log.
        model: the registered model.
    """

    folder: Path
    model: str
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def add_predictions(
        self,
        version: str,
        rows: Sequence[Mapping[Any, Any]],
        at: datetime = NOON,
        process: str = "p",
    ) -> Path:
        """Adds a closed file. Each row gets a request id of its own, unless it has one."""
        number = next(self._numbers)
        usual = {
            "time": at, "row": 0, "key": None, "protocol": "predict", "alias": "production",
            "other_version": None, "sampling": 1.0,
        }  # fmt: skip
        lines = [
            {"request_id": f"{process}-{number}-{index}", **usual, **row}
            for index, row in enumerate(rows)
        ]
        folder = self.folder / build_predictions_folder(self.model, version, at.date())
        return write_file(folder / f"{process}-{number}.parquet", lines)

    def add_labels(
        self, labels: Sequence[Mapping[str, Any]], at: datetime = NOON, process: str = "l"
    ) -> Path:
        """Adds a closed file of labels."""
        usual = {"received_at": at, "row": 0, "at": None, "source": "file", "api_key": None}
        folder = self.folder / build_labels_folder(self.model, at.date())
        lines = [{**usual, **label} for label in labels]
        return write_file(folder / f"{process}-{next(self._numbers)}.parquet", lines)


def write_file(path: Path, lines: Sequence[Mapping[Any, Any]]) -> Path:
    """Writes lines as a Parquet file, by arro3."""
    names = list(dict.fromkeys(name for line in lines for name in line))
    table = pa.table(
        {name: pa.array([line.get(name) for line in lines], _TYPES.get(name)) for name in names}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(Table.from_arrow(table), path)
    return path
