"""Several inference containers behind the proxy."""

import json

import pytest

from tests.support.documents.reliability import RecordRow, describe_state
from tests.support.rig.load import steady_load
from tests.support.rig.process import wait_until
from tests.support.stack.containers import BODY, Stack


def list_serving(stack: Stack) -> list[str | None]:
    """Lists the version of each inference container; None without an answer."""
    report = json.loads(stack.baton("status", "--json"))
    return [
        (each["status"] or {}).get("serving", {}).get("version") for each in report["inference"]
    ]


def scale(stack: Stack, count: int) -> None:
    """Sets the number of inference containers; the others keep running."""
    stack.up("--no-deps", "--no-recreate", "--scale", f"inference={count}", "inference")


def test_three_containers_swap_under_load(stack: Stack, versions: list[str]) -> None:
    """All three containers follow a swap, and no request fails while scaling."""
    with steady_load(stack.inference_url, BODY, clients=3) as load:
        scale(stack, 3)
        assert list_serving(stack) == [versions[0]] * 3

        stack.baton("promote", versions[1], "--wait")
        assert list_serving(stack) == [versions[1]] * 3

        scale(stack, 1)
        wait_until(lambda: len(stack.containers("inference")) == 1, 30, "one container is left")

    assert load.errors == []
    assert set(load.answers) == set(versions[:2])


def kill(stack: Stack, container: str) -> None:
    """Kills its process; Docker would not restart a container that it kills itself."""
    pid = stack.run("docker", "inspect", "-f", "{{.State.Pid}}", container).strip()
    alone = ("--rm", "--pid", "host", "--user", "0", "--network", "none", "--entrypoint", "bash")
    stack.run("docker", "run", *alone, "baton-inference", "-c", f"kill -9 {pid}")


@pytest.mark.fault("stack: one of three inference containers is killed")
def test_killed_container_loses_no_request(
    stack: Stack, versions: list[str], record_row: RecordRow
) -> None:
    """No request fails, and Docker restarts the container."""
    scale(stack, 3)
    victim = stack.containers("inference")[0]
    started_at = stack.run("docker", "inspect", "-f", "{{.State.StartedAt}}", victim)

    def is_back() -> bool:
        state = json.loads(stack.run("docker", "inspect", "-f", "{{json .State}}", victim))
        health = state.get("Health", {}).get("Status")
        return bool(state["StartedAt"] != started_at.strip() and health == "healthy")

    try:
        with steady_load(stack.inference_url, BODY, clients=3) as load:
            wait_until(lambda: load.answers.total() > 30, 20, "load runs")
            kill(stack, victim)
            states = describe_state(stack.status())
            back_s = wait_until(is_back, 60, "the container is back")
            assert list_serving(stack) == [versions[0]] * 3
    finally:
        scale(stack, 1)
        wait_until(lambda: len(stack.containers("inference")) == 1, 30, "one container is left")

    assert load.errors == []
    record_row(load.describe(), states, back_s)
