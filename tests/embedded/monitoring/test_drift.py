"""Drift, from training to the report: what inference logs is compared with what training stored."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mlflow

from baton_registry.versions.monitoring_tags import DRIFT_TAG, DriftTag
from tests.support.rig.callers import draw_customers
from tests.support.rig.desk import Desk

Customer = dict[str, Any]
ROWS = 1_200
BATCH = 100


def log_answers(desk: Desk, folder: Path, customers: Sequence[Customer]) -> None:
    """Answers requests with these rows, and logs them."""
    env = {"BATON_PREDICTIONS_DIR": str(folder), "BATON_PREDICTIONS_ROWS_S": "10000"}
    with desk.serve(**env) as inference:
        inference.wait_until_serving("1")
        for first in range(0, len(customers), BATCH):
            inference.predict([*customers[first : first + BATCH]])


def change(
    customers: Sequence[Customer], edit: Callable[[int, Customer], Customer]
) -> list[Customer]:
    return [{**customer, **edit(number, customer)} for number, customer in enumerate(customers)]


def change_three_columns(number: int, customer: Customer) -> Customer:
    """Longer tenures, a payment method that training did not have, and bills that are missing."""
    return {
        "tenure": customer["tenure"] + 30,
        "PaymentMethod": "Crypto" if number % 5 == 0 else customer["PaymentMethod"],
        "TotalCharges": None if number % 4 == 0 else customer["TotalCharges"],
    }


def test_drift_names_exactly_the_changed_columns(desk: Desk, tmp_path: Path) -> None:
    """And none on unchanged rows. --log keeps the report in MLflow."""
    desk.train()
    desk.baton("promote", "1")
    customers = draw_customers(ROWS)

    same = tmp_path / "same"
    log_answers(desk, same, customers)
    unchanged = json.loads(desk.baton("drift", "--from", str(same), "--json", "--fail"))
    assert unchanged["rows"] == ROWS
    assert (unchanged["drifted"], unchanged["not_logged"]) == ([], [])
    assert unchanged["tested"] == 19 + 3  # label and two probabilities

    changed = tmp_path / "changed"
    log_answers(desk, changed, change(customers, change_three_columns))
    page = tmp_path / "drift.html"
    desk.baton("drift", "--from", str(changed), "--html", str(page), "--log", "--fail", code=1)
    report = json.loads(desk.baton("drift", "--from", str(changed), "--json"))
    drifted = [
        column["name"]
        for column in report["columns"]
        if column["kind"] == "column" and column["level"] in ("moderate", "large")
    ]
    assert sorted(drifted) == ["PaymentMethod", "TotalCharges", "tenure"]
    columns = {column["name"]: column for column in report["columns"]}
    assert columns["PaymentMethod"]["unseen"]["examples"] == ["Crypto"]
    assert columns["tenure"]["out_of_range"]["high"] == 102
    assert columns["TotalCharges"]["missing"]["now"] > 0.25
    check_mlflow(desk, page)


def check_mlflow(desk: Desk, page: Path) -> None:
    """The run has the page and a metric a column, the model has the tag."""
    client = mlflow.MlflowClient(tracking_uri=desk.tracking_uri)
    experiment = client.get_experiment_by_name(desk.model)
    assert experiment is not None
    (run,) = client.search_runs(
        [experiment.experiment_id], "tags.mlflow.source.name = 'baton drift'"
    )
    files = {each.path for each in client.list_artifacts(run.info.run_id)}
    assert files == {"drift.html", "drift.json"}
    assert run.data.metrics["drift.psi.tenure"] > 0.25
    assert run.info.status == "FINISHED"
    assert page.read_text(encoding="utf-8").count("data:image/png") > 3
    with desk.registry as registry:
        tag = DriftTag.from_text(registry.get_model_tags(desk.model)[DRIFT_TAG])
    assert tag.worst is not None
    assert (tag.version, tag.rows, tag.worst.level) == ("1", ROWS, "large")
