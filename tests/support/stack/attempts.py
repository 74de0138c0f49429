"""Requests that MLflow rejects from inference's account."""

from typing import Any

from tests.support.stack.containers import MODEL
from tests.support.stack.secure import SecureStack, User

Attempt = tuple[str, str, dict[str, Any]]
"""Method, path and body of a request to MLflow."""


def list_attempts(secure: SecureStack, thief: User) -> list[Attempt]:
    """Lists requests that change version 1, its model, webhooks, accounts and files."""
    version = secure.mlflow(thief, "GET", f"mlflow/model-versions/get?name={MODEL}&version=1")
    run = {"run_id": version.json()["model_version"]["run_id"]}
    model, one = {"name": MODEL}, {"name": MODEL, "version": "1"}
    tag = {"key": "baton.gate", "value": "passed"}
    hook = {"name": "mine", "url": "http://inference:8000/x", "events": []}
    return [
        ("POST", "mlflow/registered-models/alias", {**one, "alias": "production"}),
        ("DELETE", "mlflow/registered-models/alias", {**model, "alias": "production"}),
        ("POST", "mlflow/registered-models/set-tag", {**model, **tag}),
        ("POST", "mlflow/model-versions/set-tag", {**one, **tag}),
        ("POST", "mlflow/model-versions/create", {**model, "source": "models:/m-1", **run}),
        ("DELETE", "mlflow/registered-models/delete", model),
        ("POST", "mlflow/runs/log-metric", {**run, "key": "auc", "value": 1.0, "timestamp": 0}),
        ("PUT", "mlflow-artifacts/artifacts/1/mine", {"evil": True}),
        ("GET", "mlflow/webhooks", {}),
        ("POST", "mlflow/webhooks", hook),
        ("POST", "mlflow/users/create", {"username": "mine", "password": "mine-mine-mine"}),
        ("PATCH", "mlflow/users/update-admin", {"username": "inference", "is_admin": True}),
    ]
