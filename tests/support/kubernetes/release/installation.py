"""Installs the chart, its trial tracking server, and the first version."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.support.kubernetes.cluster import Cluster
from tests.support.kubernetes.commands import ROOT
from tests.support.kubernetes.layout import CONTROL_PLANE
from tests.support.kubernetes.release.release import (
    CHART,
    NAME,
    NAMESPACE,
    REPLICAS,
    TIMEOUT,
    Release,
)

IMAGES = ("baton-inference", "baton-trainer", "baton-tracking", "baton-proxy")
_HERE = Path(__file__).parent
VALUES = {
    "image.tag": "latest",
    "image.pullPolicy": "Never",
    "tracking.trial.enabled": "true",
    "trainer.firstVersion": "true",
    "inference.replicas": str(REPLICAS),
}


@dataclass(frozen=True)
class Installation:
    """An installed release, and the seconds until all of its pods served version 1."""

    release: Release
    took_s: float


def install(cluster: Cluster) -> Installation:
    """Installs the release: helm returns when all of its pods serve version 1."""
    uninstall(cluster)  # of tests that were killed
    folder = cluster.layout.state / "tracking"
    shutil.rmtree(folder, ignore_errors=True)  # of a release before
    folder.mkdir()
    volume = Template((_HERE / "volume.yaml").read_text(encoding="utf-8"))
    cluster.kubectl(
        "apply", "--filename=-", text=volume.substitute(folder=folder, namespace=NAMESPACE)
    )
    release = Release(cluster)
    started_s = time.monotonic()
    release.helm("install", NAME, str(CHART), *list_settings(), "--wait", TIMEOUT)
    return Installation(release, time.monotonic() - started_s)


def uninstall(cluster: Cluster) -> None:
    """Removes the release from a cluster that stays, if it is there."""
    cluster.kubectl(
        "delete", f"namespace/{NAMESPACE}", "persistentvolume/tracking", "persistentvolume/cache",
        "--ignore-not-found",
    )  # fmt: skip


def list_settings(**changed: str) -> list[str]:
    """Lists the options of helm that set the values."""
    return [f"--set={name}={value}" for name, value in {**VALUES, **changed}.items()]


def start_proxy(release: Release) -> str:
    """Starts the stack's proxy before the release; returns its address."""
    settings = (ROOT / "infra" / "proxy" / "haproxy.cfg").read_text(encoding="utf-8")
    pods = f"{NAME}-inference-pods.{NAMESPACE}.svc.cluster.local"
    changes = {
        "127.0.0.11:53": f"{CONTROL_PLANE}:53",
        " inference:8000": f" {pods}:8000",
        " tracking:5000": f" {NAME}-tracking.{NAMESPACE}.svc.cluster.local:5000",
    }
    for stack, here in changes.items():
        assert stack in settings
        settings = settings.replace(stack, here)
    release.kubectl(
        "create", "configmap", "proxy", "--from-file=haproxy.cfg=/dev/stdin", text=settings
    )
    release.kubectl("apply", "--filename=-", text=(_HERE / "proxy.yaml").read_text("utf-8"))
    release.kubectl("rollout", "status", "deployment/proxy", TIMEOUT)
    return release.find_address("proxy")
