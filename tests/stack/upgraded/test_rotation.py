"""Secrets rotate while the stack runs: old secrets stop working, and scoring continues."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass

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
        return cls(*stack.read_secrets(*SHARED))

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


def test_rotation_under_load(upgraded: Stack, versions: list[str]) -> None:
    """No request fails, old secrets are rejected, and every version is kept."""
    old, kept = Secrets.read(upgraded), upgraded.secret(KEPT)
    history = upgraded.history()
    assert all(old.try_all(upgraded).values())

    with steady_load(upgraded.inference_url, BODY, clients=2) as load:
        upgraded.run(ROTATE)
    new = Secrets.read(upgraded)

    assert load.errors == []
    assert not any(old.try_all(upgraded).values())
    assert all(new.try_all(upgraded).values())
    assert upgraded.secret(KEPT) == kept
    assert (upgraded.versions(), upgraded.history()) == (versions, history)
    assert len(upgraded.containers("inference")) == 1
    upgraded.baton("promote", versions[1], "--wait")
    upgraded.baton("rollback", "--wait")


def test_second_rotation_completes_an_interrupted_one(upgraded: Stack) -> None:
    """The first run writes secrets but updates no service, the worst moment to stop."""
    upgraded.docker("run", "--rm", "--no-deps", "-T", "secrets", "rotate", "database", "store")
    assert upgraded.is_serving()
    is_accepted = Secrets.read(upgraded).try_all(upgraded)
    assert not any(is_accepted[service] for service in ("database", "store"))

    upgraded.run(ROTATE, "database", "store")

    assert all(Secrets.read(upgraded).try_all(upgraded).values())
    assert upgraded.is_registry_reachable()


def test_unknown_group_changes_nothing(upgraded: Stack) -> None:
    """The error lists the groups of this stack."""
    before = Secrets.read(upgraded)

    for group in ("accounts", "everything"):
        output = upgraded.run(ROTATE, "database", group, code=1)
        assert output.splitlines()[-1].endswith(f"{group}; it has: database store webhook")

    assert Secrets.read(upgraded) == before
