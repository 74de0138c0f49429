"""Secrets are replaced while the stack runs: the old ones open nothing, and scoring goes on."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass

import pytest

from tests.support.rig.load import steady_load
from tests.support.stack.containers import BODY, Stack

ROTATE = "scripts/rotate-secrets"
SHARED = ("database/password", "store/secret_key", "webhook/secret")
KEPT = "tracking/webhook_encryption_key"
BUCKET = (
    "import boto3; boto3.client('s3', endpoint_url='http://storage:9000')"
    ".list_objects_v2(Bucket='mlflow')"
)


@dataclass(frozen=True)
class Secrets:
    """What opens the database, the store and the webhook's route."""

    password: str
    store_key: str
    webhook_secret: str

    @classmethod
    def of(cls, stack: Stack) -> "Secrets":
        return cls(*map(stack.secret, SHARED))

    def opened(self, stack: Stack) -> dict[str, bool]:
        """Which doors they open, each tried from where its own reader stands."""
        return {
            "database": self._opens_database(stack),
            "store": self._opens_store(stack),
            "webhook": self._signs(stack),
        }

    def _opens_database(self, stack: Stack) -> bool:
        address = ["psql", "-h", "postgres", "-U", "mlflow", "-d", "mlflow", "-Atc", "select 1"]
        given = ["-e", f"PGPASSWORD={self.password}"]
        return stack.succeeds("exec", "-T", *given, "postgres", *address)

    def _opens_store(self, stack: Stack) -> bool:
        given = ["-e", f"AWS_SECRET_ACCESS_KEY={self.store_key}", "--entrypoint", "python"]
        return stack.succeeds("run", "--rm", "--no-deps", "-T", *given, "bucket", "-c", BUCKET)

    def _signs(self, stack: Stack) -> bool:
        delivery, sent = f"test-{time.time_ns()}", str(int(time.time()))
        body = b'{"entity":"other"}'
        signed = f"{delivery}.{sent}.".encode() + body
        digest = hmac.new(self.webhook_secret.encode(), signed, hashlib.sha256).digest()
        headers = {
            "X-MLflow-Delivery-Id": delivery,
            "X-MLflow-Timestamp": sent,
            "X-MLflow-Signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        return stack.http.post("/webhooks/mlflow", content=body, headers=headers).is_success


def test_old_secrets_open_nothing_and_no_request_fails(stack: Stack, versions: list[str]) -> None:
    """Under load: new secrets for all, the old ones refused, every version still there."""
    old, kept, history = Secrets.of(stack), stack.secret(KEPT), stack.history()
    assert all(old.opened(stack).values())

    with steady_load(stack.inference_url, BODY, clients=2) as load:
        stack.run(ROTATE)
    new = Secrets.of(stack)

    assert load.errors == []
    assert not any(old.opened(stack).values())
    assert all(new.opened(stack).values())
    assert stack.secret(KEPT) == kept
    assert (stack.versions(), stack.history()) == (versions, history)
    assert len(stack.containers("inference")) == 1
    stack.baton("promote", versions[1], "--wait")
    stack.baton("rollback", "--wait")


def test_a_rotation_that_was_cut_short_is_finished_by_another(stack: Stack) -> None:
    """Secrets are written and nobody was told, the worst moment: a second run mends it."""
    stack.docker("run", "--rm", "--no-deps", "-T", "secrets", "rotate", "database", "store")
    assert stack.is_serving()
    assert not any(Secrets.of(stack).opened(stack)[door] for door in ("database", "store"))

    stack.run(ROTATE, "database", "store")

    assert all(Secrets.of(stack).opened(stack).values())
    assert stack.is_registry_reachable()


@pytest.mark.parametrize("group", ["accounts", "everything"])
def test_an_unknown_group_changes_nothing(stack: Stack, group: str) -> None:
    """What this stack has no secrets of is refused, and those that it has are named."""
    before = Secrets.of(stack)

    said = stack.run(ROTATE, "database", group, code=1)

    assert said.splitlines()[-1].endswith(f"{group}; it has: database store webhook")
    assert Secrets.of(stack) == before
