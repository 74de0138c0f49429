"""Several inference containers behind one door."""

import json

from load import steady_load
from rig import wait_until
from stack.containers import BODY, Stack


def serving(stack: Stack) -> list[str | None]:
    """The version of each inference container, None for one that does not answer."""
    told = json.loads(stack.baton("status", "--json"))
    return [(each["status"] or {}).get("serving", {}).get("version") for each in told["inference"]]


def scale(stack: Stack, count: int) -> None:
    """More or fewer inference containers; those that stay are not touched."""
    stack.up("--no-deps", "--no-recreate", "--scale", f"inference={count}", "inference")


def test_three_containers_swap_under_load(stack: Stack, versions: list[str]) -> None:
    """Scaled to 3 and back with a swap between: all three follow, and no request fails."""
    with steady_load(stack.inference_url, BODY, clients=3) as load:
        scale(stack, 3)
        assert serving(stack) == [versions[0]] * 3

        stack.baton("promote", versions[1], "--wait")
        assert serving(stack) == [versions[1]] * 3

        scale(stack, 1)
        wait_until(lambda: len(stack.containers("inference")) == 1, 30, "one container is left")

    assert load.faults == []
    assert set(load.answers) == set(versions[:2])
