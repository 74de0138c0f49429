"""The real registry tells inference that the alias has moved; polling remains the truth."""

from collections.abc import Iterator

import pytest

from baton_registry.rest.webhooks import build_webhook_name
from tests.support.rig.desk import WEBHOOK_SECRET, Desk
from tests.support.rig.process import LOCAL, find_free_port, wait_until

NEVER_S = "3600"
"""A poll interval in which a test never sees a second look."""


@pytest.fixture
def promoted(stocked_desk: Desk) -> Iterator[Desk]:
    """A desk with version 1 in production; its webhooks are gone afterwards."""
    stocked_desk.baton("promote", "1")
    yield stocked_desk
    name = build_webhook_name(stocked_desk.model, "production")
    with stocked_desk.registry as registry:
        registry.webhooks.ensure(name, [], WEBHOOK_SECRET)
        assert registry.webhooks.list(name) == []


def test_moves_are_followed_without_polling(promoted: Desk) -> None:
    """Moved, moved back and removed by any client: inference knows, though it does not look."""
    with promoted.serve(BATON_POLL_INTERVAL_S=NEVER_S) as inference, promoted.registry as registry:
        inference.wait_until_serving("1")
        for _ in range(2):
            said = promoted.baton("webhook", "ensure")
            assert said.strip().endswith(f"tells {inference.url}/webhooks/mlflow")
        assert len(registry.webhooks.list(build_webhook_name(promoted.model, "production"))) == 1
        for version in ("2", "1"):
            registry.set_alias(promoted.model, "production", version)
            inference.wait_until_serving(version)
        registry.delete_alias(promoted.model, "production")
        wait_until(lambda: inference.status()["aspired_version"] is None, 10, "the alias is gone")


@pytest.mark.parametrize("how", ["lost", "forged"])
def test_polling_is_the_truth(promoted: Desk, how: str) -> None:
    """A webhook that goes nowhere or is signed by somebody else: the next look sees the move."""
    with promoted.serve(BATON_POLL_INTERVAL_S="1") as inference, promoted.registry as registry:
        inference.wait_until_serving("1")
        nowhere = f"http://{LOCAL}:{find_free_port()}"
        url = f"{nowhere if how == 'lost' else inference.url}/webhooks/mlflow"
        name = build_webhook_name(promoted.model, "production")
        registry.webhooks.ensure(name, [url], "another secret")
        registry.set_alias(promoted.model, "production", "2")
        inference.wait_until_serving("2", limit_s=1 + 1.5)
