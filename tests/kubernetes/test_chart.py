"""Helm and the API server accept the chart, and refuse values that cannot work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kubernetes.cluster import Cluster
from tests.support.kubernetes.commands import ClusterError
from tests.support.kubernetes.release.release import CHART

VALUES = Path(__file__).parent / "every-switch.yaml"
TRIAL = "--set=tracking.trial.enabled=true"
URI = "--set=tracking.uri=http://mlflow.mlflow.svc:5000"
POLICIES = "--set=networkPolicy.enabled=true"
VALIDATED_ONLY = {"HorizontalPodAutoscaler", "HTTPRoute", "ServiceMonitor", "PrometheusRule"}


def render(cluster: Cluster, *options: str) -> str:
    """Renders the manifest of a release that is not installed."""
    return cluster.helm("template", "any", str(CHART), *options)


def test_lint(cluster: Cluster) -> None:
    """`helm lint --strict` has no complaint, also with every switch on."""
    cluster.helm("lint", "--strict", str(CHART), TRIAL)
    cluster.helm("lint", "--strict", str(CHART), f"--values={VALUES}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "tracking.uri is not set"),
        ([URI, TRIAL], "both set"),
        ([TRIAL, "--set=inference.replica=3"], "replica"),
        ([TRIAL, "--set=inference.requireApiKeys=true"], "secrets.inference is not set"),
        ([TRIAL, "--set=inference.requireSignatures=true"], "secrets.inference is not set"),
        ([TRIAL, "--set=route.enabled=true"], "route.parentRefs is empty"),
        ([URI, POLICIES], "networkPolicy.tracking.peers is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(cluster: Cluster, options: list[str], message: str) -> None:
    """Values that cannot work are refused before anything is installed."""
    with pytest.raises(ClusterError, match=message):
        render(cluster, *options)


@pytest.fixture
def definitions(cluster: Cluster) -> Iterator[None]:
    """The custom resources of the Gateway API and of the Prometheus operator."""
    files = [f"--filename={cluster.programs / 'definitions'}"]
    cluster.kubectl("create", *files)
    cluster.kubectl("wait", "--for=condition=Established", *files)
    yield
    cluster.kubectl("delete", *files)


@pytest.mark.usefixtures("definitions")
def test_api_server_accepts_every_switch(cluster: Cluster) -> None:
    """Every object that the chart can make passes the API server's validation."""
    manifest = render(cluster, f"--values={VALUES}")
    accepted = cluster.kubectl(
        "apply", "--server-side", "--dry-run=server", "--validate=strict", "--output=name",
        "--filename=-", text=manifest,
    )  # fmt: skip
    kinds = {line.split("/")[0].split(".")[0] for line in accepted.splitlines()}
    assert {kind.lower() for kind in VALIDATED_ONLY} <= kinds
    assert {"networkpolicy", "cronjob", "job", "configmap", "poddisruptionbudget"} <= kinds
