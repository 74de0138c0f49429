"""Labels from a caller and from files meet the predictions that inference has logged."""

from operator import itemgetter
from pathlib import Path

import httpx
import pandas as pd
import pyarrow.parquet as pq

from baton_common.api_keys import Scope, generate_key
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk, move_alias
from tests.support.rig.inference import Inference

SECRET = "a secret of sixteen characters or more"


def score(inference: Inference, api_key: str, customer: str) -> str:
    """Scores a customer; returns the request's id."""
    headers = {"X-API-Key": api_key, "X-Routing-Key": customer}
    answer = inference.http.post("/predict", json={"instances": [CUSTOMER]}, headers=headers)
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.headers["X-Request-ID"])


def read_labels(log: Path) -> dict[str, tuple[str, str, str | None]]:
    """Reads the last label of each request: label, source and name of the API key."""
    files = (log / "labels").rglob("*.parquet")
    rows = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    rows.sort(key=itemgetter("received_at"))
    return {row["request_id"]: (row["label"], row["source"], row["api_key"]) for row in rows}


def test_labels_of_requests_and_of_customers(stocked_desk: Desk) -> None:
    """By request id through inference, and by the customer's number from the log; then moved."""
    desk, folder = stocked_desk, stocked_desk.folder
    move_alias(desk, "1")
    log = folder / "predictions"
    scorer, scorer_key = generate_key("crm", [Scope.SCORING])
    sender, sender_key = generate_key("billing", [Scope.FEEDBACK])
    (folder / "keys").write_text(f"{scorer_key.line}\n{sender_key.line}\n")
    (folder / "sender").write_text(sender)
    settings = {"BATON_PREDICTIONS_DIR": str(log), "BATON_PREDICTIONS_KEY": SECRET}
    with desk.serve(**settings, BATON_API_KEYS_FILE=str(folder / "keys")) as inference:
        inference.wait_until_ready()
        ids = {customer: score(inference, scorer, customer) for customer in ("7", "8")}
        (folder / "by-id.csv").write_text(f"request,churn\n{ids['7']},Yes\nother-1,No\n")
        by_id = ("feedback", "by-id.csv", "--id", "request", "--label", "churn")
        desk.baton(*by_id, "--url", inference.url, "--api-key-file", "sender")
        refused = desk.try_baton(*by_id, "--url", inference.url)
        assert refused.returncode == 1
        assert "key with scope feedback; nothing was stored" in refused.stderr
    (folder / "by-key.csv").write_text("customer,churn\n8,No\n9,Yes\n")
    desk.more_env = settings
    by_key = ("--key", "customer", "--window", "1d", "--label", "churn")
    counted = desk.baton("feedback", "by-key.csv", *by_key)
    assert counted == f"2 rows: 1 label, 1 without a prediction → {log}\n"
    labels = read_labels(log)
    assert labels == {
        ids["7"]: ("Yes", "api", "billing"),
        ids["8"]: ("No", "file", None),
        "other-1": ("No", "api", "billing"),
    }
    desk.baton("predictions", "push", "--to", "moved")
    assert not [*log.rglob("*.parquet")]
    assert read_labels(folder / "moved") == labels
    (predictions,) = (folder / "moved").glob("model=*/version=1/date=*/*.parquet")
    assert set(pd.read_parquet(predictions)["request_id"]) == {*ids.values()}
