"""Every estimator with the real table: trained, promoted, served, compared."""

from pathlib import Path

import mlflow
import pandas as pd
import pytest

from tests.support.rig.desk import Desk

ROWS = 500
CROSS_VALIDATED = {
    "logistic": 0.842,
    "hist_gradient_boosting": 0.845,
    "random_forest": 0.84,
    "lightgbm": 0.845,
    "xgboost": 0.845,
}
"""Minimum ROC AUC of each estimator without a search."""


@pytest.mark.parametrize("estimator", CROSS_VALIDATED)
def test_estimator_agrees_with_pyfunc(desk: Desk, telco_csv: Path, estimator: str) -> None:
    """500 rows get the labels of `mlflow.pyfunc`, and the ROC AUC is good."""
    assert desk.train("--data", str(telco_csv), "--estimator", estimator, "--promote") == "1"
    mlflow.set_tracking_uri(desk.tracking_uri)
    with desk.registry as registry:
        run = mlflow.get_run(registry.get_version(desk.model, "1").run_id)
    assert run.data.metrics["cv_roc_auc"] >= CROSS_VALIDATED[estimator]
    model = mlflow.pyfunc.load_model(f"models:/{desk.model}@production")
    rows = sample_rows(telco_csv, model.metadata.get_input_schema().input_names())

    with desk.serve() as inference:
        inference.wait_until_serving("1")
        records = rows.astype(object).where(rows.notna(), None).to_dict("records")
        answer = inference.predict([{str(k): v for k, v in row.items()} for row in records])

    labels = [row["label"] for row in answer["predictions"]]
    assert labels == list(model.predict(rows))
    assert len(set(labels)) == 2


def sample_rows(path: Path, columns: list[str]) -> pd.DataFrame:
    """Samples rows, including those with a missing TotalCharges."""
    table = pd.read_csv(path, na_values=[" "])
    missing = table[table["TotalCharges"].isna()]
    rows = pd.concat([missing, table.sample(ROWS - len(missing), random_state=1)])
    return rows[columns].reset_index(drop=True)
