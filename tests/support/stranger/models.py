"""Fills a registry as its users do: plain MLflow, in an environment of its own.

`python models.py FOLDER MODEL…` logs and registers each model, and writes into the folder
`MODEL.csv`, 5,000 rows with the target `truth`, and `MODEL.json`, what the model answers for them.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS = 5_000
NUMBERS, TEXTS = ["age", "income", "tenure"], ["city"]


def make_table(rows: int, seed: int) -> tuple[pd.DataFrame, Any]:
    """Money with cents, whole numbers, gaps and texts; the signal of the target."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 90, rows).astype("float64"),
            "income": np.round(rng.lognormal(10, 0.7, rows), 2),
            "tenure": rng.integers(0, 72, rows).astype("float64"),
            "city": rng.choice(["Rome", "Oslo", "Lima"], rows),
        }
    )
    signal = table["age"] / 30 + table["income"] / 3e4 - table["tenure"] / 40
    return table, signal + (table["city"] == "Oslo") + rng.normal(0, 0.5, rows)


def build(name: str) -> Any:
    """Builds a model that is not fitted yet."""
    if name == "forest_regressor":
        return make_pipeline(RandomForestRegressor(30, random_state=0))
    numbers = make_pipeline(
        KNNImputer() if name == "neighbours" else SimpleImputer(), StandardScaler()
    )
    columns = make_column_transformer(
        (numbers, NUMBERS), (OneHotEncoder(handle_unknown="ignore"), TEXTS)
    )
    if name == "scaled_xgboost":
        from xgboost import XGBClassifier  # noqa: PLC0415 - one environment does not have it

        return make_pipeline(columns, XGBClassifier(n_estimators=40))
    return make_pipeline(columns, LogisticRegression())


def list_requirements(name: str) -> list[str]:
    """Lists the libraries of a model."""
    names = ["mlflow", "scikit-learn", "numpy", "pandas"]
    names += ["xgboost-cpu"] * (name == "scaled_xgboost")
    return [f"{each}=={version(each)}" for each in names]


def register(name: str, folder: Path) -> None:
    """Fits, registers and predicts."""
    (table, signal), (fresh, truth) = make_table(2_000, 0), make_table(ROWS, 1)
    is_regression = name == "forest_regressor"
    if is_regression:
        table, fresh = table[NUMBERS], fresh[NUMBERS]
    else:
        signal, truth = (np.where(each > np.median(each), 1, 0) for each in (signal, truth))
        rng = np.random.default_rng(2)
        table.loc[rng.random(len(table)) < 0.05, "age"] = np.nan
    model = build(name).fit(table, signal)
    with mlflow.start_run():
        mlflow.sklearn.log_model(
            model,
            "model",
            signature=infer_signature(table, model.predict(table)),
            pip_requirements=list_requirements(name),  # MLflow needs 25 s to detect them
            registered_model_name=name,
        )
    answers = {"label": model.predict(fresh).tolist()}
    if not is_regression:
        answers["probabilities"] = model.predict_proba(fresh).tolist()
    (folder / f"{name}.json").write_text(json.dumps(answers))
    fresh.assign(truth=truth).to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        register(each, Path(sys.argv[1]))
