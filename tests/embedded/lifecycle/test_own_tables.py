"""Tables of many shapes: train, promote, serve, predict."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import arro3.io
import numpy as np
import pandas as pd
import pytest
from arro3.core import Array, DataType, RecordBatch
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from tests.support.rig.desk import Desk

Rows = list[dict[str, Any]]
ROWS = 40


def load_bundled(load: Callable[..., Any], target: str) -> pd.DataFrame:
    """Loads a table of scikit-learn with class names, shuffled."""
    dataset = load(as_frame=True)
    names = np.array([str(name) for name in dataset.target_names])
    frame: pd.DataFrame = dataset.data.assign(**{target: names[dataset.target]})
    return frame.sample(frac=1, random_state=0).reset_index(drop=True)


def write_european(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Writes Iris like a Western European spreadsheet, with categories and missing values."""
    frame = load_bundled(load_iris, "Art")
    frame["Größe"] = np.where(frame["petal width (cm)"] > 1, "groß", "klein")
    frame.loc[::9, "Größe"] = ""
    frame.loc[::7, "sepal width (cm)"] = np.nan
    content = frame.to_csv(index=False, sep=";", decimal=",")
    (folder / "t.csv").write_bytes(content.encode("cp1252"))
    return ["--data", "t.csv", "--target", "Art"], frame


def write_parquet(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Writes Wine as Parquet: typed columns, codes as text."""
    frame = load_bundled(load_wine, "cultivar")
    frame.insert(0, "code", np.where(frame["alcohol"] > 13, "1", "2"))
    text = DataType.string()
    columns: dict[str, Any] = {
        str(name): Array(column.tolist(), type=DataType.float64())
        for name, column in frame.items()
        if name not in ("cultivar", "code")
    }
    columns |= {name: Array(frame[name].tolist(), type=text) for name in ("code", "cultivar")}
    arro3.io.write_parquet(RecordBatch(columns), folder / "t.parquet")
    options = ["--data", "t.parquet", "--target", "cultivar", "--estimator", "random_forest"]
    return [*options, "--param", "n_estimators=30"], frame


def write_with_baton_toml(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Writes Breast cancer with ids, missing values and a baton.toml."""
    frame = load_bundled(load_breast_cancer, "finding")
    frame.insert(0, "patient", [f"p{row}" for row in frame.index])
    frame.loc[::5, "mean texture"] = np.nan
    frame.to_csv(folder / "t.csv", index=False)
    (folder / "baton.toml").write_text(
        '[data]\nfile = "t.csv"\n\n[columns]\ntarget = "finding"\npositive = "benign"\n'
        'id = ["patient"]\ndrop = ["worst area"]\n'
    )
    return [], frame.drop(columns=["patient", "worst area"])


def write_digits(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Writes sixty-four columns and ten numeric classes."""
    frame = load_bundled(load_digits, "digit")
    frame.to_csv(folder / "t.csv", index=False)
    return ["--data", "t.csv", "--target", "digit", "--task", "classification"], frame


@pytest.mark.parametrize(
    "write", [write_european, write_parquet, write_with_baton_toml, write_digits]
)
def test_table_is_trained_and_served(
    desk: Desk, write: Callable[[Path], tuple[list[str], pd.DataFrame]]
) -> None:
    """Rows of the table get their own labels."""
    options, frame = write(desk.folder)
    desk.train(*options, "--promote")
    target = frame.columns[-1] if "Größe" not in frame else "Art"
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        columns = read_columns(inference.http.get("/openapi.json").json())
        rows = frame.head(ROWS)
        answer = inference.predict(build_records(rows[columns]))
    labels = [each["label"] for each in answer["predictions"]]
    truth = rows[target].tolist()
    assert [str(label) for label in labels] != [str(labels[0])] * ROWS
    assert np.mean([str(a) == str(b) for a, b in zip(labels, truth, strict=True)]) > 0.9
    classes = {key for each in answer["predictions"] for key in each["probabilities"]}
    assert classes == set(map(str, frame[target]))


def read_columns(openapi: dict[str, Any]) -> list[str]:
    """Reads the columns of the serving version."""
    instances = openapi["components"]["schemas"]["Instances"]["properties"]["instances"]
    return list(instances["items"]["properties"])


def build_records(rows: pd.DataFrame) -> Rows:
    """Builds JSON rows; a missing value is null."""
    records: Rows = json.loads(rows.replace("", None).to_json(orient="records"))
    return records
