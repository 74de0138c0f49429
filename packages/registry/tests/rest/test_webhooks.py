"""Webhooks of a registry."""

import re

import httpx
import pytest

from baton_registry.errors import RegistryUnavailable
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.webhooks import Webhook, build_webhook_name
from tests.support.fakes.registry import FakeMlflow

ONE, TWO = "http://one/webhooks/mlflow", "http://two/webhooks/mlflow"
# As MLflow 3.17 checks names.
ALLOWED = re.compile(r"(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)


def test_one_webhook_per_address() -> None:
    """Each reports all alias moves and the tags of versions, signed."""
    server = FakeMlflow()
    server.client().webhooks.ensure("baton", [ONE, TWO, ONE], "shh")
    rows = [*server.webhooks.values()]
    assert [row["url"] for row in rows] == [ONE, TWO]
    assert {row["secret"] for row in rows} == {"shh"}
    events = [(e["entity"], e["action"]) for e in rows[0]["events"]]
    assert events == [
        ("MODEL_VERSION_ALIAS", "CREATED"),
        ("MODEL_VERSION_ALIAS", "DELETED"),
        ("MODEL_VERSION_TAG", "SET"),
    ]


def test_second_call_updates_the_webhook() -> None:
    """The secret is renewed, events that an older release did not know are added."""
    server = FakeMlflow()
    server.client().webhooks.ensure("baton", [ONE], "old")
    older = [{"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"}]
    server.webhooks["w-1"] |= {"status": "DISABLED", "events": older}
    server.client().webhooks.ensure("baton", [ONE], "new")
    assert [*server.webhooks] == ["w-1"]
    row = server.webhooks["w-1"]
    assert (row["secret"], row["status"], len(row["events"])) == ("new", "ACTIVE", 3)


def test_unused_addresses_are_deleted() -> None:
    """Webhooks with other names stay."""
    server = FakeMlflow()
    server.client().webhooks.ensure("other", [ONE], "theirs")
    server.client().webhooks.ensure("baton", [ONE], "ours")
    server.client().webhooks.ensure("baton", [TWO], "ours")
    remaining = [(row["name"], row["url"]) for row in server.webhooks.values()]
    assert remaining == [("other", ONE), ("baton", TWO)]


def test_all_pages_are_listed() -> None:
    server = FakeMlflow()
    server.page_size = 1
    for name in ("a", "b", "c"):
        server.client().webhooks.ensure(name, [ONE], "s")
    assert server.client().webhooks.list("c") == [Webhook("w-3", "c", ONE)]


def test_answer_without_fields_is_an_error() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"webhooks": [{}]}))
    client = RegistryClient("http://registry", transport=transport)
    with pytest.raises(RegistryUnavailable, match="without a webhook's fields"):
        client.webhooks.list("baton")


@pytest.mark.parametrize(
    ("model", "alias"),
    [("churn_model", "production"), ("a b/ü", "x"), ("m" * 250, "a"), ("m", "-")],
)
def test_names_are_valid_in_mlflow(model: str, alias: str) -> None:
    assert ALLOWED.fullmatch(build_webhook_name(model, alias))


def test_names_are_unique() -> None:
    """Also if characters that MLflow rejects were replaced."""
    pairs = [("a b", "x"), ("a-b", "x"), ("a", "b-x"), ("m" * 99, "x"), ("m" * 99, "y")]
    names = {build_webhook_name(*pair) for pair in pairs[:2] + pairs[3:]}
    assert len(names) == 4
    assert build_webhook_name("churn_model", "production") == "baton-churn_model-production"
