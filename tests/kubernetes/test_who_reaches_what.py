"""The NetworkPolicies of the chart, enforced: who reaches what, and who does not.

This file runs after those with a load, which is not a caller that the policies allow.
"""

from collections.abc import Iterator

import pytest

from tests.support.kubernetes.network_policies.engine import enforce_policies
from tests.support.kubernetes.network_policies.probes import CLOSED, OPEN, Place, start_pod
from tests.support.kubernetes.release.installation import Installation
from tests.support.kubernetes.release.release import (
    CHART,
    CONTROLLER,
    INFERENCE,
    NAME,
    NAMESPACE,
)

ASK = f"{NAME}-inference.{NAMESPACE}.svc:80"
TRACK = f"{NAME}-tracking.{NAMESPACE}.svc:5000"
API_SERVER = "kubernetes.default.svc:443"
TARGETS = (ASK, TRACK, API_SERVER)
"""The API server is an address that no pod of Baton needs."""
PROBES = ("pod/probe-other", "pod/probe-trainer")
CHOSEN, OTHER = "shop", "elsewhere"


@pytest.fixture(scope="module")
def places(installation: Installation) -> Iterator[dict[str, Place]]:
    """Pods of the release and others, while the chart's policies are enforced."""
    release = installation.release
    cluster = release.cluster
    for namespace in (CHOSEN, OTHER):
        cluster.kubectl("create", "namespace", namespace)
    found = {
        "a pod of a chosen namespace": start_pod(cluster, CHOSEN, NAME),
        "a pod of another namespace": start_pod(cluster, OTHER, NAME),
        "another pod of the release's namespace": start_pod(cluster, NAMESPACE, NAME),
        "the trainer": start_pod(cluster, NAMESPACE, NAME, "trainer"),
        "the controller": Place(NAMESPACE, CONTROLLER),
        "inference": Place(NAMESPACE, INFERENCE),
    }
    settings = ["--reuse-values", f"--set=networkPolicy.callers={{{CHOSEN}}}"]
    upgrade = ("upgrade", NAME, str(CHART), *settings)
    with enforce_policies(cluster):
        before = found["a pod of another namespace"].probe(cluster, TARGETS)
        assert before == dict.fromkeys(TARGETS, OPEN)
        release.helm(*upgrade, "--set=networkPolicy.enabled=true")
        yield found
        release.helm(*upgrade, "--set=networkPolicy.enabled=false")
    for namespace in (CHOSEN, OTHER):
        cluster.kubectl("delete", f"namespace/{namespace}", "--wait=false")
    cluster.kubectl("--namespace", NAMESPACE, "delete", "--wait=false", *PROBES)


@pytest.mark.parametrize(
    ("who", "reached"),
    [
        ("a pod of a chosen namespace", {ASK, API_SERVER}),
        ("a pod of another namespace", {API_SERVER}),
        ("another pod of the release's namespace", {API_SERVER}),
        ("the trainer", {ASK, TRACK}),
        ("the controller", {ASK, TRACK}),
        ("inference", {TRACK}),
    ],
)
def test_reached(
    installation: Installation, places: dict[str, Place], who: str, reached: set[str]
) -> None:
    """Each reaches what it needs, and nothing else."""
    found = places[who].probe(installation.release.cluster, TARGETS)
    assert found == {each: OPEN if each in reached else CLOSED for each in TARGETS}


@pytest.mark.usefixtures("places")
def test_release_works_behind_its_policies(installation: Installation) -> None:
    """`helm test` passes: names resolve, the tracking server and all pods answer."""
    installation.release.check()
