"""Secrets rotate while the stack runs: old secrets stop working, and scoring continues."""

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
    """The secrets of the database, the store and the webhook."""

    password: str
    store_key: str
    webhook_secret: str

    @classmethod
    def read(cls, stack: Stack) -> "Secrets":
        return cls(*map(stack.secret, SHARED))

    def try_all(self, stack: Stack) -> dict[str, bool]:
        """Tries each secret from the container that uses it."""
        return {
            "database": self._opens_database(stack),
            "store": self._opens_store(stack),
            "webhook": self._signs(stack),
        }

    def _opens_database(self, stack: Stack) -> bool:
        address = ["psql", "-h", "postgres", "-U", "mlflow", "-d", "mlflow", "-Atc", "select 1"]
        options = ["-e", f"PGPASSWORD={self.password}"]
        return stack.succeeds("exec", "-T", *options, "postgres", *address)

    def _opens_store(self, stack: Stack) -> bool:
        options = ["-e", f"AWS_SECRET_ACCESS_KEY={self.store_key}", "--entrypoint", "python"]
        return stack.succeeds("run", "--rm", "--no-deps", "-T", *options, "bucket", "-c", BUCKET)

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


def test_rotation_under_load(stack: Stack, versions: list[str]) -> None:
    """No request fails, old secrets are rejected, and every version is kept."""
    old, kept, history = Secrets.read(stack), stack.secret(KEPT), stack.history()
    assert all(old.try_all(stack).values())

    with steady_load(stack.inference_url, BODY, clients=2) as load:
        stack.run(ROTATE)
    new = Secrets.read(stack)

    assert load.errors == []
    assert not any(old.try_all(stack).values())
    assert all(new.try_all(stack).values())
    assert stack.secret(KEPT) == kept
    assert (stack.versions(), stack.history()) == (versions, history)
    assert len(stack.containers("inference")) == 1
    stack.baton("promote", versions[1], "--wait")
    stack.baton("rollback", "--wait")


def test_second_rotation_completes_an_interrupted_one(stack: Stack) -> None:
    """The first run writes secrets but updates no service, the worst moment to stop."""
    stack.docker("run", "--rm", "--no-deps", "-T", "secrets", "rotate", "database", "store")
    assert stack.is_serving()
    assert not any(Secrets.read(stack).try_all(stack)[service] for service in ("database", "store"))

    stack.run(ROTATE, "database", "store")

    assert all(Secrets.read(stack).try_all(stack).values())
    assert stack.is_registry_reachable()


@pytest.mark.parametrize("group", ["accounts", "everything"])
def test_unknown_group_changes_nothing(stack: Stack, group: str) -> None:
    """The error lists the groups of this stack."""
    before = Secrets.read(stack)

    output = stack.run(ROTATE, "database", group, code=1)

    assert output.splitlines()[-1].endswith(f"{group}; it has: database store webhook")
    assert Secrets.read(stack) == before
