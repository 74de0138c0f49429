"""The real registry notifies inference of alias moves; polling continues."""

from collections.abc import Iterator

import pytest

from baton_registry.rest.webhooks import build_webhook_name
from tests.support.rig.desk import WEBHOOK_SECRET, Desk
from tests.support.rig.process import LOCAL, find_free_port, wait_until

NEVER_S = "3600"
"""A poll interval without a second poll during a test."""


@pytest.fixture
def promoted_desk(stocked_desk: Desk) -> Iterator[Desk]:
    """A desk with version 1 in production; the fixture deletes its webhooks."""
    stocked_desk.baton("promote", "1")
    yield stocked_desk
    name = build_webhook_name(stocked_desk.model, "production")
    with stocked_desk.registry as registry:
        registry.webhooks.ensure(name, [], WEBHOOK_SECRET)
        assert registry.webhooks.list(name) == []


def test_moves_are_followed_without_polling(promoted_desk: Desk) -> None:
    """Inference follows moves and the deletion of the alias although it does not poll."""
    with (
        promoted_desk.serve(BATON_POLL_INTERVAL_S=NEVER_S) as inference,
        promoted_desk.registry as registry,
    ):
        inference.wait_until_serving("1")
        for _ in range(2):
            output = promoted_desk.baton("webhook", "ensure")
            assert output.strip().endswith(f"notifies {inference.url}/webhooks/mlflow")
        assert (
            len(registry.webhooks.list(build_webhook_name(promoted_desk.model, "production"))) == 1
        )
        for version in ("2", "1"):
            registry.set_alias(promoted_desk.model, "production", version)
            inference.wait_until_serving(version)
        registry.delete_alias(promoted_desk.model, "production")
        wait_until(lambda: inference.status()["aspired_version"] is None, 10, "the alias is gone")


@pytest.mark.parametrize("how", ["lost", "forged"])
def test_polling_works_without_a_valid_webhook(promoted_desk: Desk, how: str) -> None:
    """The next poll sees the move if the webhook is lost or forged."""
    with (
        promoted_desk.serve(BATON_POLL_INTERVAL_S="1") as inference,
        promoted_desk.registry as registry,
    ):
        inference.wait_until_serving("1")
        nowhere = f"http://{LOCAL}:{find_free_port()}"
        url = f"{nowhere if how == 'lost' else inference.url}/webhooks/mlflow"
        name = build_webhook_name(promoted_desk.model, "production")
        registry.webhooks.ensure(name, [url], "another secret")
        registry.set_alias(promoted_desk.model, "production", "2")
        inference.wait_until_serving("2", limit_s=1 + 1.5)
