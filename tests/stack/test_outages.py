"""Scoring continues during outages, and acknowledged changes survive them."""

import time

import pytest

from baton_registry.rest.client import RegistryClient
from tests.support.documents.reliability import RecordRow, describe_state
from tests.support.rig.load import steady_load
from tests.support.rig.process import wait_until
from tests.support.stack.containers import BODY, MODEL, PARTS, Stack

REPAIR = {"stop": "start", "kill": "start", "pause": "unpause"}
OUTAGE_S = 3.0
"""Longer than the poll interval: inference polls during the outage."""
NOTICED_S = 15.0
"""An unanswered lookup takes 5 s."""
READY_FROM_CACHE_S = 5.0
"""The contract's bound."""


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        pytest.param(
            "tracking", "stop", marks=pytest.mark.fault("stack: the tracking server is stopped")
        ),
        pytest.param(
            "tracking", "kill", marks=pytest.mark.fault("stack: the tracking server is killed")
        ),
        pytest.param(
            "tracking", "pause", marks=pytest.mark.fault("stack: the tracking server is paused")
        ),
        pytest.param("postgres", "stop", marks=pytest.mark.fault("stack: PostgreSQL is stopped")),
        pytest.param("postgres", "kill", marks=pytest.mark.fault("stack: PostgreSQL is killed")),
        pytest.param("postgres", "pause", marks=pytest.mark.fault("stack: PostgreSQL is paused")),
        pytest.param("storage", "stop", marks=pytest.mark.fault("stack: the store is stopped")),
        pytest.param("storage", "kill", marks=pytest.mark.fault("stack: the store is killed")),
        pytest.param("storage", "pause", marks=pytest.mark.fault("stack: the store is paused")),
    ],
)
def test_no_scoring_request_fails(
    stack: Stack, part: str, fault: str, record_row: RecordRow
) -> None:
    """A component is stopped, killed or paused under load: every request gets the same answer.

    /status reports the outage if the alias lookup fails.
    """
    version, predictions = stack.predict()
    [container] = stack.containers(part)

    with steady_load(stack.inference_url, BODY, {version: predictions}, clients=2) as load:
        stack.run("docker", fault, container)
        before = load.answers[version]
        if part == "storage":  # inference reads the store only after an alias move
            time.sleep(OUTAGE_S)
        else:
            wait_until(lambda: stack.status()["state"] == "degraded", NOTICED_S, "degraded")
        status = stack.status()
        # `docker stop` may take longer than the notice: then no answer was counted yet.
        wait_until(lambda: load.answers[version] > before, NOTICED_S, "an answer in the outage")
        stack.run("docker", REPAIR[fault], container)
        back_s = wait_until(
            stack.is_registry_reachable, 90, f"the registry answers: {part} {fault}"
        )

    assert load.errors == []
    assert stack.predict() == (version, predictions)
    record_row(load.describe(), describe_state(status), back_s)


@pytest.mark.fault("stack: the store is stopped, and the alias moves to a version not yet fetched")
def test_store_is_down_during_alias_move(
    stack: Stack, versions: list[str], record_row: RecordRow
) -> None:
    """Production keeps serving, /status names the version, and it loads after the repair."""
    new = stack.train("--param", "C=0.5")
    [storage] = stack.containers("storage")

    def has_failed() -> bool:
        failure = stack.status()["last_load_failure"]
        return failure is not None and failure["version"] == new

    with (
        RegistryClient(stack.tracking_url) as registry,
        steady_load(stack.inference_url, BODY, clients=2) as load,
    ):
        stack.run("docker", "stop", storage)
        registry.set_alias(MODEL, "production", new)
        wait_until(has_failed, 60, "the version's load failure")
        status = stack.status()
        assert (status["state"], status["serving"]["version"]) == ("degraded", versions[0])
        stack.run("docker", "start", storage)
        back_s = wait_until(lambda: load.answers[new] > 0, 60, "answers by the new version")

    assert load.errors == []
    assert set(load.answers) == {versions[0], new}
    record_row(load.describe(), describe_state(status), back_s)


def test_inference_starts_alone(stack: Stack) -> None:
    """Without registry, database and store it serves its cached version within 5 s."""
    before = stack.predict()
    stack.docker("stop", *PARTS)
    try:
        [inference] = stack.containers("inference")
        stack.run("docker", "restart", inference)
        took_s = wait_until(stack.is_serving, 30, "ready from the cache")
        assert stack.status()["serving"]["source"] == "cache"
        assert stack.predict() == before
    finally:
        stack.up()
    wait_until(stack.is_registry_reachable, 90, "the registry answers")
    assert took_s < READY_FROM_CACHE_S


def test_kill_of_all_containers_loses_nothing(stack: Stack, versions: list[str]) -> None:
    """After `up`, versions, history and answers are the same."""
    before = (versions, stack.history(), stack.predict())

    stack.docker("kill")
    stack.up()

    assert (stack.versions(), stack.history(), stack.predict()) == before
