"""The registry notifies inference of alias moves, and inference swaps at once."""

import json
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice

import httpx

from tests.support.rig.process import wait_until
from tests.support.stack.containers import MODEL, Stack

MOVES = 20
POLL_INTERVAL_S = 2.0
WITHIN_S = POLL_INTERVAL_S + 1.5
"""The contract's limit; docs/stack.md has the median with the webhook."""


def move_alias(stack: Stack, version: str) -> float:
    """Moves the alias; returns the seconds until the first answer of `version`."""
    alias = f"{stack.tracking_url}/api/2.0/mlflow/registered-models/alias"
    body = {"name": MODEL, "alias": "production", "version": version}
    httpx.post(alias, json=body, timeout=10).raise_for_status()
    return wait_until(lambda: stack.predict()[0] == version, WITHIN_S, f"version {version}")


def count_deliveries(stack: Stack) -> int:
    """Counts the deliveries that inference has logged."""
    log = stack.docker("logs", "--no-color", "--no-log-prefix", "inference")
    return log.count('"webhook reports a change"')


def test_moves_are_followed_at_once(
    stack: Stack, versions: list[str], record_testsuite_property: Callable[[str, float], None]
) -> None:
    """`up` registers the webhook; each move arrives as one delivery."""
    before = count_deliveries(stack)
    took_s = []
    for version in islice(cycle([versions[1], versions[0]]), MOVES):
        took_s.append(move_alias(stack, version))
        time.sleep(0.05)
    record_testsuite_property("alias_move_to_first_answer_median_s", statistics.median(took_s))

    assert count_deliveries(stack) - before == MOVES
    assert statistics.median(took_s) < WITHIN_S


def test_webhook_can_be_registered_manually(stack: Stack) -> None:
    """The trainer's command line has secret and address, and there is only one webhook."""
    output = stack.baton("webhook", "ensure")
    listed = httpx.get(f"{stack.tracking_url}/api/2.0/mlflow/webhooks", timeout=10).json()

    assert "notifies http://inference:8000/webhooks/mlflow" in output
    assert [each["name"] for each in listed["webhooks"]] == [f"baton-{MODEL}-production"]
    assert stack.secret("webhook/secret") not in json.dumps(listed)
