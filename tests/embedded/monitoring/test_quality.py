"""`baton quality` with a real tracking server: measures, logs, and rolls back."""

import json
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from baton_trainer.tables import churn
from tests.support.rig.desk import Desk
from tests.support.trainer.prediction_log import MadeLog

ROWS = 3_000


@pytest.fixture
def log(stocked_desk: Desk) -> MadeLog:
    """Version 2 is in production, which is worse: it is nearly constant."""
    for version in "12":
        stocked_desk.baton("promote", version, "--force")
    return MadeLog(stocked_desk.folder / "log", stocked_desk.model)


def answer(desk: Desk, log: MadeLog, version: str) -> list[str]:
    """Logs new customers as the version answers them; returns their request ids."""
    customers = churn.generate(ROWS, seed=5)
    customers.to_parquet(desk.folder / "in.parquet")
    desk.baton("score", "in.parquet", "--version", version, "--output", "out.parquet")
    scored = pd.read_parquet(desk.folder / "out.parquet")
    outputs = [
        name for name in scored.columns if name == "label" or name.startswith("probability_")
    ]
    features = customers.drop(columns=[churn.TARGET]).add_prefix("f_")
    lines = scored[outputs].join(features.astype(object).where(features.notna(), None))
    lines["request_id"] = [f"r{number}" for number in range(ROWS)]
    log.add_predictions(version, lines.to_dict(orient="records"))
    return lines["request_id"].tolist()


def label(log: MadeLog, ids: list[str], **more: str) -> None:
    truths = churn.generate(ROWS, seed=5)[churn.TARGET]
    rows = zip(ids, truths, strict=True)
    log.add_labels([{"request_id": each, "label": truth, **more} for each, truth in rows])


def test_worse_production_is_rolled_back_on_trusted_labels(
    stocked_desk: Desk, log: MadeLog
) -> None:
    """Labels of an untrusted key move nothing; the same labels of a trusted one do."""
    desk = stocked_desk
    ids = answer(desk, log, "2")
    label(log, ids, source="api", api_key="crm")
    quality = ("quality", "--from", str(log.folder))
    refused = desk.baton(*quality, "--rollback")
    assert refused.splitlines()[-1].startswith("no rollback: versions 2 and 1 are not compared")
    assert desk.history()[-1] == ("1", "2", "promote")

    done = desk.try_baton(*quality, "--log", "--json", "--rollback", "--trust", "crm")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["rollback"]["done"]
    assert document["paired"]["rows"] == ROWS
    assert desk.history()[-1] == ("2", "1", "rollback")
    assert "churn" not in done.stderr.splitlines()[-1] or "moved" in done.stderr

    [version] = document["versions"]
    with desk.registry as registry:
        run_id = registry.get_version(desk.model, "2").run_id
        tag = json.loads(registry.get_model_tags(desk.model)["baton.quality"])
    metrics = mlflow.MlflowClient(desk.tracking_uri).get_run(run_id).data.metrics
    assert metrics["live_roc_auc"] == version["metrics"]["roc_auc"]["value"]
    assert version["metrics"]["roc_auc"]["training"] == metrics["test_roc_auc"]
    assert tag["versions"]["2"]["labelled"] == ROWS

    again = desk.baton(*quality, "--rollback", "--trust", "crm")
    assert "no rollback: there was no version in production before version 1" in again


def test_rows_of_a_real_process_are_measured(stocked_desk: Desk, log: MadeLog) -> None:
    """The version before scores the rows that inference has logged, over JSON, with gaps."""
    customers = churn.generate(ROWS, seed=5).drop(columns=churn.TARGET)
    rows = json.loads(customers.to_json(orient="records"))
    settings = {"BATON_PREDICTIONS_DIR": str(log.folder), "BATON_PREDICTIONS_ROWS_S": "10000"}
    answers = []
    with stocked_desk.serve(**settings) as inference:
        inference.wait_until_serving("2")
        for start in range(0, ROWS, 100):
            body = {"instances": rows[start : start + 100]}
            answer = inference.http.post(
                "/predict", json=body, headers={"X-Request-ID": f"{start}"}
            )
            answers += answer.json()["predictions"]
        assert inference.stop() == 0
    truths = churn.generate(ROWS, seed=5)[churn.TARGET].tolist()
    log.add_labels(
        [
            {"request_id": f"{number // 100 * 100}", "row": number % 100, "label": truth}
            for number, truth in enumerate(truths)
        ]
    )
    out = stocked_desk.baton("quality", "--from", str(log.folder), "--json")
    document = json.loads(out)
    [version] = document["versions"]
    assert (version["rows"], version["used"], document["paired"]["rows"]) == (ROWS, ROWS, ROWS)
    scores = [each["probabilities"]["Yes"] for each in answers]
    expected = roc_auc_score([truth == "Yes" for truth in truths], scores)
    assert version["metrics"]["roc_auc"]["value"] == pytest.approx(expected, abs=1e-9)
    customers.to_parquet(stocked_desk.folder / "in.parquet")
    stocked_desk.baton("score", "in.parquet", "--version", "1", "--output", "before.parquet")
    before = pd.read_parquet(stocked_desk.folder / "before.parquet")["probability_Yes"]
    expected = roc_auc_score([truth == "Yes" for truth in truths], before)
    assert document["paired"]["values"][0] == pytest.approx(expected, abs=1e-9)


def test_damaged_file_is_a_warning(stocked_desk: Desk, log: MadeLog) -> None:
    """One line that names it; the rest is measured."""
    label(log, answer(stocked_desk, log, "2"))
    damaged = log.add_predictions("2", [{"value": 1.0}])
    damaged.write_bytes(b"PAR1")
    done = stocked_desk.try_baton("quality", "--from", str(log.folder))
    assert done.returncode == 0
    assert [damaged.name in line for line in done.stderr.splitlines()].count(True) == 1
    assert "ROC AUC" in done.stdout


def test_missing_log_is_one_line(stocked_desk: Desk) -> None:
    done = stocked_desk.try_baton("quality", "--from", str(Path("/no/such/log")))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("baton: /no/such/log: no prediction log there")
