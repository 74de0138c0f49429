"""A server's process is killed: what callers of the Service see, and those of a retrying proxy."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.kubernetes.release.installation import start_proxy
from tests.support.kubernetes.release.observation import Load
from tests.support.kubernetes.release.release import Pod, Release, is_ready
from tests.support.kubernetes.release.stage import Stage

PROXY_PORT = 8000
MOST_FAILURES = 400
"""Two seconds of all requests: kube-proxy repeats none until the pod has left the Service."""


@pytest.fixture
def retried_load(stage: Stage, bodies: Path, tmp_path: Path) -> Iterator[Load]:
    """A load on a proxy before the pods: HAProxy as in the container stack."""
    address = start_proxy(stage.release)
    namespace = stage.release.caller_namespace
    with Load(namespace, address, PROXY_PORT, bodies, tmp_path / "retried.log") as load:
        yield load


def kill_and_wait(release: Release, pod: Pod) -> None:
    """Kills the server of a pod and waits until its container has restarted and is ready."""
    name, restarts = pod["metadata"]["name"], count_restarts(pod)
    release.kill_server(pod)

    def has_restarted() -> bool:
        [now] = [each for each in release.list_pods() if each["metadata"]["name"] == name]
        return count_restarts(now) > restarts and is_ready(now)

    release.wait_until(has_restarted, f"{name} restarts")


def count_restarts(pod: Pod) -> int:
    """Counts how often the kubelet has started its container again."""
    return sum(each["restartCount"] for each in pod["status"]["containerStatuses"])


@pytest.mark.event("`kill -9` of a server's process")
def test_callers_of_the_service(stage: Stage) -> None:
    """Requests fail until the Service stops routing to the pod; a Service repeats no request."""
    with stage.observe(allowed_failures=MOST_FAILURES):
        kill_and_wait(stage.release, stage.release.list_pods()[0])


@pytest.mark.event("`kill -9` of a server's process, callers behind a proxy that retries")
def test_callers_of_a_proxy(stage: Stage, retried_load: Load) -> None:
    """The proxy repeats what has failed with another pod."""
    with replace(stage, load=retried_load).observe():
        kill_and_wait(stage.release, stage.release.list_pods()[-1])
