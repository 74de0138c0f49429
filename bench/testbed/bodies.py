"""The request bodies: rows of the churn table."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from baton_trainer.tables.churn import TARGET, generate

MANY_ROWS = 1000
SEED = 7
"""Not the trainer's seed: the model has not seen these rows."""


def build_instances(table: pd.DataFrame) -> dict[str, Any]:
    """Builds `instances`, a list of objects for `/predict` and MLflow; missing values are null."""
    return {"instances": json.loads(table.to_json(orient="records"))}


def build_split(table: pd.DataFrame) -> dict[str, Any]:
    """Builds MLflow's `dataframe_split`: the column names, then lists of cells."""
    document = json.loads(table.to_json(orient="split", index=False))
    return {"dataframe_split": {"columns": document["columns"], "data": document["data"]}}


class Bodies:
    """The bodies, as files."""

    def __init__(self, folder: Path) -> None:
        """Writes the files."""
        self._folder = folder
        table = generate(MANY_ROWS, SEED).drop(columns=TARGET)
        one = table.dropna().head(1)
        folder.mkdir(parents=True, exist_ok=True)
        self.one_row: dict[str, Any] = build_instances(one)["instances"][0]
        """The row of the one-row bodies."""
        self.one_instance = _write(folder / "one_instance.json", build_instances(one))
        self.one_split = _write(folder / "one_split.json", build_split(one))
        self.many_instances = _write(folder / "many_instances.json", build_instances(table))
        self.many_split = _write(folder / "many_split.json", build_split(table))

    def write_instances(self, count: int) -> Path:
        """Writes bodies of one row each, all different, as the lines of a file `*.jsonl`."""
        table = generate(count, SEED).drop(columns=TARGET).drop_duplicates()
        file = self._folder / f"{count}_instances.jsonl"
        bodies = ({"instances": [row]} for row in build_instances(table)["instances"])
        file.write_text("".join(f"{json.dumps(body)}\n" for body in bodies), encoding="utf-8")
        return file


def _write(file: Path, document: dict[str, Any]) -> Path:
    file.write_text(json.dumps(document), encoding="utf-8")
    return file
