"""The request bodies: rows of the churn table as clients send them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from baton_trainer.tables.churn import TARGET, generate

MANY_ROWS = 1000
SEED = 7
"""Not the trainer's: these rows were not trained on."""


def instances(table: pd.DataFrame) -> dict[str, Any]:
    """A list of objects, what `/predict` takes and MLflow calls `instances`; gaps are null."""
    return {"instances": json.loads(table.to_json(orient="records"))}


def split(table: pd.DataFrame) -> dict[str, Any]:
    """MLflow's `dataframe_split`: the column names once, then lists of cells."""
    form = json.loads(table.to_json(orient="split", index=False))
    return {"dataframe_split": {"columns": form["columns"], "data": form["data"]}}


class Bodies:
    """The bodies as files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Writes them."""
        table = generate(MANY_ROWS, SEED).drop(columns=TARGET)
        one = table.dropna().head(1)
        folder.mkdir(parents=True, exist_ok=True)
        self.one_row: dict[str, Any] = instances(one)["instances"][0]
        """The row of the one-row bodies."""
        self.one_instance = _write(folder / "one_instance.json", instances(one))
        self.one_split = _write(folder / "one_split.json", split(one))
        self.many_instances = _write(folder / "many_instances.json", instances(table))
        self.many_split = _write(folder / "many_split.json", split(table))


def _write(file: Path, document: dict[str, Any]) -> Path:
    file.write_text(json.dumps(document), encoding="utf-8")
    return file
