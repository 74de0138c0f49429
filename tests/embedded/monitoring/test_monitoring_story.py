"""The story of a change in the data: served, logged, labelled, measured, explained, rolled back."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from baton_trainer.tables import churn
from tests.support.rig.desk import Desk
from tests.support.rig.inference import Inference

ROWS = 1_500
BATCH = 100
DAYS_PER_MONTH = 30


@pytest.fixture
def desk_of_two(desk: Desk) -> Desk:
    """Version 2, a logistic regression, is in production; version 1 is a forest."""
    desk.train("--estimator", "random_forest")
    desk.train()
    for version in "12":
        desk.baton("promote", version, "--force")
    return desk


def draw(seed: int) -> pd.DataFrame:
    """Draws customers with what became of them."""
    return churn.generate(ROWS, seed)


def serve_logged(desk: Desk, folder: Path, customers: pd.DataFrame, *, by_api: bool) -> None:
    """Answers requests of these customers; their labels come through inference, or as a file."""
    env = {"BATON_PREDICTIONS_DIR": str(folder), "BATON_PREDICTIONS_ROWS_S": "10000"}
    rows = json.loads(customers.drop(columns=churn.TARGET).to_json(orient="records"))
    keys = pd.DataFrame(
        {
            "request_id": [f"{folder.name}-{at // BATCH}" for at in range(ROWS)],
            "row": [at % BATCH for at in range(ROWS)],
            "label": customers[churn.TARGET].to_numpy(),
        }
    )
    with desk.serve(**env) as inference:
        inference.wait_until_serving("2")
        for start in range(0, ROWS, BATCH):
            part = keys.iloc[start : start + BATCH]
            ask(inference, part["request_id"].iloc[0], rows[start : start + BATCH])
            if by_api:
                send(inference, part)
        assert inference.stop() == 0
    if not by_api:
        keys.to_csv(desk.folder / "labels.csv", index=False)
        columns = ("--id", "request_id", "--row", "row", "--label", "label")
        desk.baton("feedback", "labels.csv", *columns, "--to", str(folder))


def ask(inference: Inference, request_id: str, rows: Sequence[dict[str, Any]]) -> None:
    answer = inference.http.post(
        "/predict", json={"instances": rows}, headers={"X-Request-ID": request_id}
    )
    assert answer.json()["model_version"] == "2"


def send(inference: Inference, labels: pd.DataFrame) -> None:
    answer = inference.http.post("/feedback", json={"feedback": labels.to_dict(orient="records")})
    assert (answer.status_code, answer.json()) == (202, {"accepted": len(labels)})


def measure(desk: Desk, folder: Path, *options: str) -> dict[str, Any]:
    """Returns the document of `baton quality`."""
    shown = desk.baton("quality", "--from", str(folder), "--json", *options)
    document: dict[str, Any] = json.loads(shown)
    return document


def get_auc(document: dict[str, Any]) -> float:
    """Returns the live ROC AUC of the only version."""
    [version] = document["versions"]
    assert (version["version"], version["labelled"]) == ("2", ROWS)
    return float(version["metrics"]["roc_auc"]["value"])


def test_a_change_in_the_data_is_measured_explained_and_undone(
    desk_of_two: Desk, tmp_path: Path
) -> None:
    """Tenures arrive in days instead of months: worse answers, one drifted column, a rollback."""
    desk = desk_of_two
    before, after = tmp_path / "before", tmp_path / "after"
    serve_logged(desk, before, draw(seed=11), by_api=True)
    healthy = measure(desk, before)

    changed = draw(seed=12)
    changed["tenure"] = changed["tenure"] * DAYS_PER_MONTH
    serve_logged(desk, after, changed, by_api=False)
    assert get_auc(measure(desk, after)) < get_auc(healthy) - 0.02
    drift = json.loads(desk.baton("drift", "--from", str(after), "--json"))
    columns = [each for each in drift["columns"] if each["kind"] == "column"]
    drifted = [each["name"] for each in columns if each["level"] in ("moderate", "large")]
    assert drifted == ["tenure"]

    assert measure(desk, after, "--rollback")["rollback"]["done"]
    assert desk.history()[-1] == ("2", "1", "rollback")
