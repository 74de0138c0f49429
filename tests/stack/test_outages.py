"""Scoring goes on whatever else is down; what was acknowledged is there when it is up again."""

import time

import pytest
from load import steady_load
from rig import wait_until
from stack.containers import BODY, PARTS, Stack

REPAIR = {"stop": "start", "kill": "start", "pause": "unpause"}
OUTAGE_S = 3.0
"""Longer than the poll interval: inference asks at least once while the part is away."""
READY_FROM_CACHE_S = 5.0
"""The contract's bound."""


@pytest.mark.parametrize("fault", REPAIR)
@pytest.mark.parametrize("part", PARTS)
def test_no_scoring_request_fails(stack: Stack, part: str, fault: str) -> None:
    """A part is stopped, killed or paused under load: every request gets the same answer."""
    version, predictions = stack.predict()
    [container] = stack.containers(part)

    with steady_load(stack.inference_url, BODY, {version: predictions}, clients=2) as load:
        stack.run("docker", fault, container)
        before = load.answers[version]
        time.sleep(OUTAGE_S)
        during = load.answers[version] - before
        stack.run("docker", REPAIR[fault], container)
        wait_until(stack.registry_answers, 90, f"the registry answers after {part} {fault}")

    assert load.faults == []
    assert during > 0
    assert stack.predict() == (version, predictions)


def test_inference_starts_while_all_else_is_down(stack: Stack) -> None:
    """Started without registry, database and store, it serves its cached version within 5 s."""
    before = stack.predict()
    stack.docker("stop", *PARTS)
    try:
        [inference] = stack.containers("inference")
        stack.run("docker", "restart", inference)
        took = wait_until(stack.serves, 30, "ready from the cache")
        assert stack.status()["serving"]["source"] == "cache"
        assert stack.predict() == before
    finally:
        stack.up()
    wait_until(stack.registry_answers, 90, "the registry answers")
    assert took < READY_FROM_CACHE_S


def test_nothing_is_lost_when_all_is_killed(stack: Stack, versions: list[str]) -> None:
    """Every container is killed at once; after `up` versions, history and answers are the same."""
    before = (versions, stack.history(), stack.predict())

    stack.docker("kill")
    stack.up()

    assert (stack.versions(), stack.history(), stack.predict()) == before
