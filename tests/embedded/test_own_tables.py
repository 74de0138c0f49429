"""Tables of many shapes go the whole way: train, promote, serve, predict."""

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


def bundled(load: Callable[..., Any], target: str) -> pd.DataFrame:
    """A table that scikit-learn ships, its classes by name, in an order that mixes them."""
    found = load(as_frame=True)
    names = np.array([str(name) for name in found.target_names])
    frame: pd.DataFrame = found.data.assign(**{target: names[found.target]})
    return frame.sample(frac=1, random_state=0).reset_index(drop=True)


def european(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Iris as a Western European spreadsheet saves it, with categories and gaps."""
    frame = bundled(load_iris, "Art")
    frame["Größe"] = np.where(frame["petal width (cm)"] > 1, "groß", "klein")
    frame.loc[::9, "Größe"] = ""
    frame.loc[::7, "sepal width (cm)"] = np.nan
    content = frame.to_csv(index=False, sep=";", decimal=",")
    (folder / "t.csv").write_bytes(content.encode("cp1252"))
    return ["--data", "t.csv", "--target", "Art"], frame


def parquet(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Wine as a data lake has it: typed columns, codes that are text."""
    frame = bundled(load_wine, "cultivar")
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


def by_file(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Breast cancer with ids, gaps and a baton.toml beside it."""
    frame = bundled(load_breast_cancer, "finding")
    frame.insert(0, "patient", [f"p{row}" for row in frame.index])
    frame.loc[::5, "mean texture"] = np.nan
    frame.to_csv(folder / "t.csv", index=False)
    (folder / "baton.toml").write_text(
        '[data]\nfile = "t.csv"\n\n[columns]\ntarget = "finding"\npositive = "benign"\n'
        'id = ["patient"]\ndrop = ["worst area"]\n'
    )
    return [], frame.drop(columns=["patient", "worst area"])


def digits(folder: Path) -> tuple[list[str], pd.DataFrame]:
    """Sixty-four columns, ten classes that are numbers."""
    frame = bundled(load_digits, "digit")
    frame.to_csv(folder / "t.csv", index=False)
    return ["--data", "t.csv", "--target", "digit"], frame


@pytest.mark.parametrize("make", [european, parquet, by_file, digits])
def test_a_table_goes_the_whole_way(
    desk: Desk, make: Callable[[Path], tuple[list[str], pd.DataFrame]]
) -> None:
    """Its own rows, sent as a caller would, get the labels that they have in it."""
    options, frame = make(desk.folder)
    desk.train(*options, "--promote")
    target = frame.columns[-1] if "Größe" not in frame else "Art"
    with desk.serve() as inference:
        inference.wait_until_serving("1")
        columns = needed(inference.http.get("/openapi.json").json())
        rows = frame.head(ROWS)
        answer = inference.predict(records(rows[columns]))
    labels = [each["label"] for each in answer["predictions"]]
    truth = rows[target].tolist()
    assert [str(label) for label in labels] != [str(labels[0])] * ROWS
    assert np.mean([str(a) == str(b) for a, b in zip(labels, truth, strict=True)]) > 0.9
    shown = {key for each in answer["predictions"] for key in each["probabilities"]}
    assert shown == set(map(str, frame[target]))


def needed(openapi: dict[str, Any]) -> list[str]:
    """The columns that the serving version takes."""
    instances = openapi["components"]["schemas"]["Instances"]["properties"]["instances"]
    return list(instances["items"]["properties"])


def records(rows: pd.DataFrame) -> Rows:
    """The rows as JSON has them; a gap is null."""
    found: Rows = json.loads(rows.replace("", None).to_json(orient="records"))
    return found
