"""The monitoring profile: Prometheus beside the stack."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.rig.process import LOCAL, find_free_port, wait_until
from tests.support.stack.containers import Stack, assert_confined


@pytest.fixture(scope="module")
def prometheus(stack: Stack) -> Iterator[str]:
    """The address of the profile's Prometheus."""
    port = find_free_port()
    stack.env["BATON_PROMETHEUS_PORT"] = str(port)
    stack.docker("--profile", "monitoring", "up", "-d", "--wait", "--no-recreate")
    yield f"http://{LOCAL}:{port}"
    stack.docker("--profile", "monitoring", "rm", "--stop", "--force", "--volumes", "prometheus")


def list_targets(url: str) -> dict[str, str]:
    """Lists the health and the last error of each target by address."""
    answer = httpx.get(f"{url}/api/v1/targets", timeout=10).raise_for_status().json()
    targets = answer["data"]["activeTargets"]
    return {each["labels"]["instance"]: each["health"] + each["lastError"] for each in targets}


def test_every_inference_container_is_scraped(stack: Stack, prometheus: str) -> None:
    """Added containers become targets automatically."""
    stack.up("--no-deps", "--no-recreate", "--scale", "inference=2", "inference")

    def are_scraped() -> bool:
        return list(list_targets(prometheus).values()) == ["up", "up"]

    try:
        wait_until(are_scraped, 60, "both containers are scraped")
    finally:
        stack.up("--no-deps", "--no-recreate", "--scale", "inference=1", "inference")
    rules = httpx.get(f"{prometheus}/api/v1/rules", timeout=10).raise_for_status().json()
    assert [group["name"] for group in rules["data"]["groups"]] == ["baton"]


def test_prometheus_is_confined(stack: Stack, prometheus: str) -> None:
    """It is confined like other containers and published on this machine only."""
    [container] = stack.inspect("prometheus")
    assert_confined(container)
    bindings = container["HostConfig"]["PortBindings"]
    assert [one["HostIp"] for one in bindings["9090/tcp"]] == [LOCAL]
    assert len(bindings) == 1
