"""Webhook deliveries, with a fake clock."""

import json
from dataclasses import replace
from typing import Any

import pytest

from baton_inference.errors import InvalidWebhook, MalformedBody
from baton_inference.web.webhook import MAX_REMEMBERED, Delivery, Followed, WebhookReceiver
from tests.support.fakes.clock import ManualClock

SECRET = "the shared secret"


class Bench:
    """A receiver for churn_model's production and canary, and its number of nudges."""

    def __init__(self) -> None:
        self.time = ManualClock()
        self.nudges = 0
        self.receiver = WebhookReceiver(
            SECRET,
            followed=Followed(
                "churn_model",
                frozenset({"production", "canary"}),
                frozenset({"baton.weight.canary", "baton.rollout"}),
            ),
            nudge=self.nudge,
            clock=self.time.clock(),
        )

    def nudge(self) -> None:
        self.nudges += 1

    def delivery(
        self, delivery_id: str = "id-1", *, secret: str = SECRET, body: Any = None, ago_s: int = 0
    ) -> Delivery:
        """Builds a delivery that was signed with `secret` some time ago."""
        content = json.dumps(body or event()).encode()
        sent = Delivery(delivery_id, str(int(self.time.now_s) - ago_s), "", content)
        return replace(sent, signature=sent.sign(secret.encode()))


def event(
    name: str = "churn_model",
    alias: str = "production",
    entity: str = "model_version_alias",
    action: str = "created",
) -> dict[str, Any]:
    """Builds an event as MLflow sends it."""
    data = {"name": name, "alias": alias, "version": "2"}
    return {"entity": entity, "action": action, "timestamp": "2026-11-23T10:00:00", "data": data}


def tag_event(key: str, *, name: str = "churn_model", action: str = "set") -> dict[str, Any]:
    """Builds an event about a tag of a version."""
    data = {"name": name, "version": "2", "key": key}
    if action == "set":
        data["value"] = "10"
    return {**event(entity="model_version_tag", action=action), "data": data}


@pytest.fixture
def bench() -> Bench:
    """A new receiver."""
    return Bench()


def test_webhook_signature_matches_mlflow() -> None:
    """MLflow 3.17 computed this webhook signature with a known secret."""
    delivery = Delivery("d-1", "1700000000", "", b'{"a": 1}')
    signature = "v1,cXba7k2h2S9JgnqN7BcpWvnFMfMoFMqAonfzn9WFZBg="
    assert delivery.sign(b"s3cret") == signature


@pytest.mark.parametrize("action", ["created", "deleted"])
@pytest.mark.parametrize("alias", ["production", "canary"])
def test_move_of_an_alias_triggers_a_poll(bench: Bench, alias: str, action: str) -> None:
    """Setting, moving or removing an alias triggers a poll."""
    bench.receiver.receive(bench.delivery(body=event(alias=alias, action=action)))
    assert bench.nudges == 1


@pytest.mark.parametrize("action", ["set", "deleted"])
@pytest.mark.parametrize("key", ["baton.weight.canary", "baton.rollout"])
def test_change_of_a_tag_triggers_a_poll(bench: Bench, key: str, action: str) -> None:
    """A step or an abort of a rollout is seen as quickly as a promotion."""
    bench.receiver.receive(bench.delivery(body=tag_event(key, action=action)))
    assert bench.nudges == 1


@pytest.mark.parametrize(
    "other",
    [
        event(name="other"),
        event(alias="challenger"),
        event(entity="model_version"),
        {"entity": "other"},
        tag_event("baton.gate"),
        tag_event("baton.weight.other"),
        tag_event("baton.rollout", name="other"),
    ],
)
def test_other_events_are_ignored(bench: Bench, other: dict[str, Any]) -> None:
    """Another model, alias, tag or kind of event is accepted and ignored."""
    bench.receiver.receive(bench.delivery(body=other))
    assert bench.nudges == 0


def test_repeated_delivery_triggers_one_poll(bench: Bench) -> None:
    """The same delivery within five minutes triggers no second poll."""
    delivery = bench.delivery()
    bench.receiver.receive(delivery)
    bench.time.now_s += 299
    bench.receiver.receive(delivery)
    assert bench.nudges == 1


def test_replay_never_triggers_a_poll(bench: Bench) -> None:
    """A recorded delivery cannot be replayed at any time, even if its clock was ahead."""
    delivery = bench.delivery(ago_s=-250)
    bench.receiver.receive(delivery)
    for _ in range(60):
        bench.time.now_s += 10
        try:
            bench.receiver.receive(delivery)
        except InvalidWebhook:
            continue
    assert bench.nudges == 1


def test_delivery_id_expires(bench: Bench) -> None:
    """After five minutes, a new delivery with the same id triggers a poll."""
    bench.receiver.receive(bench.delivery())
    bench.time.now_s += 301
    bench.receiver.receive(bench.delivery())
    assert bench.nudges == 2


@pytest.mark.parametrize("ago_s", [301, -301])
def test_timestamp_outside_the_window_is_rejected(bench: Bench, ago_s: int) -> None:
    """A delivery over five minutes early or late is rejected."""
    bench.receiver.receive(bench.delivery("in time", ago_s=300 if ago_s > 0 else -300))
    with pytest.raises(InvalidWebhook, match="clocks"):
        bench.receiver.receive(bench.delivery(ago_s=ago_s))
    assert bench.nudges == 1


def test_timestamp_must_be_a_number(bench: Bench) -> None:
    """A signed delivery with an invalid timestamp is rejected."""
    sent = replace(bench.delivery(), timestamp="now")
    signed = replace(sent, signature=sent.sign(SECRET.encode()))
    with pytest.raises(InvalidWebhook, match="seconds"):
        bench.receiver.receive(signed)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": ""},
        {"signature": "v1,é"},
        {"delivery_id": "id-2"},
        {"timestamp": "1001"},
        {"body": b"{}"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_altered_delivery_is_rejected(bench: Bench, change: dict[str, Any]) -> None:
    """A change of any part invalidates the webhook signature."""
    with pytest.raises(InvalidWebhook, match="BATON_WEBHOOK_SECRET"):
        bench.receiver.receive(replace(bench.delivery(), **change))
    with pytest.raises(InvalidWebhook):
        bench.receiver.receive(bench.delivery(secret="another"))
    assert bench.nudges == 0


def test_forged_delivery_does_not_use_up_the_id(bench: Bench) -> None:
    """A forged delivery does not block the genuine one with the same id."""
    with pytest.raises(InvalidWebhook):
        bench.receiver.receive(replace(bench.delivery(), signature="v1,"))
    bench.receiver.receive(bench.delivery())
    assert bench.nudges == 1


@pytest.mark.parametrize("body", [[1], "text", {"entity": "model_version_alias"}, {"data": {}}])
def test_signed_body_that_is_no_event_is_malformed(bench: Bench, body: Any) -> None:
    """A signed body of the wrong shape raises `MalformedBody`."""
    with pytest.raises(MalformedBody):
        bench.receiver.receive(bench.delivery(body=body))


def test_signed_body_that_is_not_utf8_is_malformed(bench: Bench) -> None:
    """A signed body with invalid UTF-8 raises `MalformedBody`."""
    unsigned = replace(bench.delivery(), body=b'{"\xf6": 1}')
    signature = unsigned.sign(SECRET.encode())
    with pytest.raises(MalformedBody):
        bench.receiver.receive(replace(unsigned, signature=signature))


def test_remembered_ids_are_limited(bench: Bench) -> None:
    """Only the last ids are remembered."""
    for number in range(MAX_REMEMBERED + 5):
        bench.receiver.receive(bench.delivery(f"id-{number}"))
    assert len(bench.receiver._expiries) == MAX_REMEMBERED
    bench.receiver.receive(bench.delivery(f"id-{MAX_REMEMBERED + 4}"))
    assert bench.nudges == MAX_REMEMBERED + 5
