"""A release with signatures, API keys, a webhook's secret, and a cache that its pods share.

This file is the last one: the load of the other tests has no API key.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.bodies.customer import CUSTOMER
from tests.support.kubernetes.commands import enter, run
from tests.support.kubernetes.release.installation import Installation
from tests.support.kubernetes.release.release import (
    CHART,
    INFERENCE,
    NAME,
    NAMESPACE,
    TIMEOUT,
    Release,
)
from tests.support.rig.desk import Desk, move_alias

CLAIM = """
apiVersion: v1
kind: PersistentVolume
metadata: {{name: cache}}
spec:
  capacity: {{storage: 1Gi}}
  accessModes: [ReadWriteMany]
  storageClassName: shared
  hostPath: {{path: {folder}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: cache, namespace: {namespace}}}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: shared
  volumeName: cache
  resources: {{requests: {{storage: 1Gi}}}}
"""
BODY = json.dumps({"instances": [CUSTOMER]})
SWITCHES = {
    "secrets.inference": "keys",
    "secrets.controller": "keys",
    "inference.requireApiKeys": "true",
    "inference.requireSignatures": "true",
    "inference.cache.claim": "cache",
}


@dataclass(frozen=True)
class Keyed:
    """A release with keys.

    Attributes:
        release: the release.
        desk: signs versions.
        version: the signed version, which serves.
        api_key: a key of a caller.
        cache: the shared folder.
    """

    release: Release
    desk: Desk
    version: str
    api_key: str
    cache: Path

    def post(self, path: str, *headers: str) -> tuple[int, str]:
        """Posts a customer to the Service; returns status and serving version."""
        address = self.release.find_address(f"{NAME}-inference")
        options = [part for header in headers for part in ("--header", header)]
        shown = run(
            *enter(self.release.caller_namespace, "curl", "--silent", "--max-time", "30"),
            *("--output", "/dev/null", "--write-out", "%{http_code} %header{x-model-version}"),
            *("--header", "Content-Type: application/json", *options, "--data", BODY),
            f"http://{address}{path}",
        )
        status, _, version = shown.partition(" ")
        return int(status), version

    def predict(self) -> tuple[int, str]:
        """Posts a customer as a caller with a key."""
        return self.post("/predict", f"Authorization: Bearer {self.api_key}")


def share_cache(release: Release) -> Path:
    """Creates the claim; this cluster's nodes are one machine."""
    folder = release.cluster.layout.state / "cache"
    shutil.rmtree(folder, ignore_errors=True)  # of a release before
    folder.mkdir()
    folder.chmod(0o777)
    claim = CLAIM.format(folder=folder, namespace=NAMESPACE)
    release.kubectl("apply", "--filename=-", text=claim)
    return folder


def create_secret(release: Release, desk: Desk, folder: Path) -> tuple[Path, str]:
    """Creates the Secret; returns the file of the signing key, and a caller's API key."""
    signing, hashes = folder / "signing", folder / "hashes"
    trusted = desk.baton("keys", "signing", str(signing))
    caller = desk.baton("keys", "api", "shop", "--file", str(hashes)).strip()
    operations = ("--scope", "operations", "--file", str(hashes))
    values = {
        "trusted-keys": trusted,
        "api-key": desk.baton("keys", "api", "controller", *operations).strip(),
        "api-keys": hashes.read_text(),
        "webhook-secret": "a secret of the tracking server and of inference",
    }
    literals = [f"--from-literal={name}={value}" for name, value in values.items()]
    release.kubectl("create", "secret", "generic", "keys", *literals)
    return signing, caller


@pytest.fixture(scope="module")
def keyed(
    installation: Installation, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Keyed]:
    """The release, upgraded; a signed version serves. Afterwards it is as before."""
    release = installation.release
    signing, api_key = create_secret(release, desk, tmp_path_factory.mktemp("keys"))
    signer = replace(desk, more_env={"BATON_SIGNING_KEY_FILE": str(signing)})
    version = signer.train()
    signer.baton("promote", version)
    cache = share_cache(release)
    settings = [f"--set={name}={value}" for name, value in SWITCHES.items()]
    upgrade = ("upgrade", NAME, str(CHART), "--reuse-values")
    release.helm(*upgrade, *settings, "--wait", TIMEOUT)
    release.settle()
    yield Keyed(release, signer, version, api_key, cache)
    release.helm("rollback", NAME, "--wait", TIMEOUT)
    release.settle()
    desk.baton("promote", "1")


def test_callers_need_a_key(keyed: Keyed) -> None:
    """All pods are ready, answer with the signed version, and only to a caller with a key."""
    assert keyed.post("/predict") == (401, "")
    assert keyed.predict() == (200, keyed.version)


def test_the_webhook_has_a_route(keyed: Keyed) -> None:
    """A delivery without a webhook signature is refused; without the secret there is no route."""
    assert keyed.post("/webhooks/mlflow")[0] == 401


def test_the_controller_has_a_key(keyed: Keyed) -> None:
    """`helm test` runs `baton status`, which asks all pods with the controller's key."""
    keyed.release.check()


def test_pods_share_the_cache(keyed: Keyed) -> None:
    """One copy of the version; new pods find it."""
    assert len([*keyed.cache.rglob("model.onnx")]) == 1
    keyed.release.kubectl("rollout", "restart", INFERENCE)
    keyed.release.wait_until_rolled()
    assert keyed.predict() == (200, keyed.version)
    assert len([*keyed.cache.rglob("model.onnx")]) == 1


def test_unsigned_versions_are_not_loaded(keyed: Keyed) -> None:
    """The alias moves to version 1, which has no signature: the signed one serves on."""
    move_alias(keyed.desk, "1")

    def is_refused() -> bool:
        refusal = "version 1 is not signed by a trusted key"
        return refusal in keyed.release.kubectl("logs", INFERENCE, "--tail=50")

    keyed.release.wait_until(is_refused, "a pod refuses version 1")
    assert keyed.predict() == (200, keyed.version)
