"""The webhooks of a registry, made what they should be."""

import re

import httpx
import pytest

from baton_registry import RegistryClient, RegistryUnavailable
from baton_registry.rest.webhooks import Webhook, build_webhook_name
from tests.support.fakes.registry import FakeMlflow

ONE, TWO = "http://one/webhooks/mlflow", "http://two/webhooks/mlflow"
# As MLflow 3.17 checks names.
ALLOWED = re.compile(r"(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)


def test_makes_one_for_each_address() -> None:
    """Each address is told of every move of an alias, signed."""
    server = FakeMlflow()
    server.client().webhooks.ensure("baton", [ONE, TWO, ONE], "shh")
    rows = [*server.webhooks.values()]
    assert [row["url"] for row in rows] == [ONE, TWO]
    assert {row["secret"] for row in rows} == {"shh"}
    events = [(e["entity"], e["action"]) for e in rows[0]["events"]]
    assert events == [("MODEL_VERSION_ALIAS", "CREATED"), ("MODEL_VERSION_ALIAS", "DELETED")]


def test_done_twice_it_renews_the_secret_and_nothing_else() -> None:
    """The webhook stays the same one; whatever somebody changed of it is put right."""
    server = FakeMlflow()
    server.client().webhooks.ensure("baton", [ONE], "old")
    server.webhooks["w-1"] |= {"status": "DISABLED", "events": []}
    server.client().webhooks.ensure("baton", [ONE], "new")
    assert [*server.webhooks] == ["w-1"]
    row = server.webhooks["w-1"]
    assert (row["secret"], row["status"], len(row["events"])) == ("new", "ACTIVE", 2)


def test_other_addresses_of_the_name_go_and_other_names_stay() -> None:
    """Deliveries to an address of yesterday would only fail."""
    server = FakeMlflow()
    server.client().webhooks.ensure("other", [ONE], "theirs")
    server.client().webhooks.ensure("baton", [ONE], "ours")
    server.client().webhooks.ensure("baton", [TWO], "ours")
    left = [(row["name"], row["url"]) for row in server.webhooks.values()]
    assert left == [("other", ONE), ("baton", TWO)]


def test_finds_its_own_on_any_page() -> None:
    """A registry with many webhooks lists them page by page."""
    server = FakeMlflow()
    server.page_size = 1
    for name in ("a", "b", "c"):
        server.client().webhooks.ensure(name, [ONE], "s")
    assert server.client().webhooks.list("c") == [Webhook("w-3", "c", ONE)]


def test_an_answer_without_the_fields_is_none() -> None:
    """What is no webhook is told in one line."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"webhooks": [{}]}))
    client = RegistryClient("http://registry", transport=transport)
    with pytest.raises(RegistryUnavailable, match="without a webhook's fields"):
        client.webhooks.list("baton")


@pytest.mark.parametrize(
    ("model", "alias"),
    [("churn_model", "production"), ("a b/ü", "x"), ("m" * 250, "a"), ("m", "-")],
)
def test_every_model_and_alias_have_a_name_that_mlflow_allows(model: str, alias: str) -> None:
    """Whatever the model is called, its webhook can be registered."""
    assert ALLOWED.fullmatch(build_webhook_name(model, alias))


def test_names_tell_models_apart() -> None:
    """Two models never share a webhook, though what MLflow does not allow is replaced."""
    pairs = [("a b", "x"), ("a-b", "x"), ("a", "b-x"), ("m" * 99, "x"), ("m" * 99, "y")]
    names = {build_webhook_name(*pair) for pair in pairs[:2] + pairs[3:]}
    assert len(names) == 4
    assert build_webhook_name("churn_model", "production") == "baton-churn_model-production"
