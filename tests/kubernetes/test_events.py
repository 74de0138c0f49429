"""Events of a cluster: pods come, go and move between nodes; no request fails.

Every test leaves the release as it was: three ready pods.
"""

import time

import pytest

from tests.support.kubernetes.release.installation import Installation, list_settings
from tests.support.kubernetes.release.release import (
    CHART,
    INFERENCE,
    NAME,
    REPLICAS,
    TIMEOUT,
    TRACKING,
    is_ready,
)
from tests.support.kubernetes.release.stage import Stage

FIRST_REQUESTS_S = 3.0
STILL_UNREADY_S = 4.0
"""Two readiness probes."""


@pytest.mark.event("`helm install --wait`, from its end")
def test_install(stage: Stage, installation: Installation) -> None:
    """After `helm install --wait` the first request is answered, by pods on both nodes."""
    with stage.observe():
        time.sleep(FIRST_REQUESTS_S)
    assert stage.release.list_nodes() == {"node-1", "node-2"}
    stage.release.check()


@pytest.mark.event("`kubectl rollout restart`, 3 replicas")
def test_restart(stage: Stage) -> None:
    """The new pods are spread over the nodes, too."""
    with stage.observe():
        stage.release.kubectl("rollout", "restart", INFERENCE)
        stage.release.wait_until_rolled()
    assert stage.release.list_nodes() == {"node-1", "node-2"}


@pytest.mark.event("scaled from 3 replicas to 5 and back")
def test_scale(stage: Stage) -> None:
    """New pods get requests only when they serve; leaving ones answer theirs."""
    with stage.observe():
        stage.release.scale(INFERENCE, 5)
        stage.release.settle(5)
        stage.release.scale(INFERENCE, REPLICAS)


@pytest.mark.event("`kubectl delete pod`")
def test_delete(stage: Stage) -> None:
    """The pod answers until it gets no more requests."""
    with stage.observe():
        [pod, *_] = stage.release.list_pods()
        stage.release.kubectl("delete", "pod", pod["metadata"]["name"])


@pytest.mark.event("`kubectl drain` of a node")
def test_drain(stage: Stage) -> None:
    """The disruption budget lets one pod go at a time; all serve on the other node."""
    cluster = stage.release.cluster
    with stage.observe():
        options = ("--ignore-daemonsets", "--delete-emptydir-data", TIMEOUT)
        try:
            cluster.kubectl("drain", "node-2", *options)
            assert stage.release.list_nodes() == {"node-1"}
        finally:
            cluster.kubectl("uncordon", "node-2")


@pytest.mark.event("`helm upgrade --wait`")
def test_upgrade(stage: Stage) -> None:
    """Another setting is another template: every pod is replaced."""
    with stage.observe():
        changed = list_settings(**{"inference.pollIntervalSeconds": "3"})
        stage.release.helm("upgrade", NAME, str(CHART), *changed, "--wait", TIMEOUT)
    assert stage.release.list_nodes() == {"node-1", "node-2"}


@pytest.mark.event("`helm rollback --wait`")
def test_helm_rollback(stage: Stage) -> None:
    """The pods of the former template come back, spread over the nodes."""
    with stage.observe():
        stage.release.helm("rollback", NAME, "--wait", TIMEOUT)
    assert stage.release.list_nodes() == {"node-1", "node-2"}


@pytest.mark.event("tracking server away, scaled from 3 replicas to 4 without it")
def test_tracking_away(stage: Stage) -> None:
    """Pods that serve go on; a new one gets no requests until it has fetched the version."""
    release = stage.release
    with stage.observe():
        release.scale(TRACKING, 0)
        release.kubectl(
            "wait", "--for=delete", "pod", "--selector=app.kubernetes.io/component=tracking",
            TIMEOUT,
        )  # fmt: skip
        release.scale(INFERENCE, REPLICAS + 1)
        release.wait_until(lambda: count_running(stage) == REPLICAS + 1, "the new pod runs")
        time.sleep(STILL_UNREADY_S)
        assert sum(map(is_ready, release.list_pods())) == REPLICAS
        release.scale(TRACKING, 1)
        release.settle(REPLICAS + 1)
        release.scale(INFERENCE, REPLICAS)


def count_running(stage: Stage) -> int:
    """Counts pods of inference whose container has started."""
    return sum(pod["status"]["phase"] == "Running" for pod in stage.release.list_pods())
