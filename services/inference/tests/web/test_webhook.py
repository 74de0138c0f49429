"""Deliveries, judged by a clock moved by hand."""

import json
from dataclasses import replace
from typing import Any

import pytest

from baton_inference.errors import Forged, MalformedBody
from baton_inference.web.webhook import MAX_REMEMBERED, Delivery, WebhookReceiver
from tests.support.fakes.clock import ManualClock

SECRET = "a secret of both"


class Bench:
    """A receiver for churn_model@production, and how often it nudged."""

    def __init__(self) -> None:
        self.time = ManualClock()
        self.nudges = 0
        self.receiver = WebhookReceiver(
            SECRET,
            model_name="churn_model",
            alias="production",
            nudge=self.nudge,
            clock=self.time.clock(),
        )

    def nudge(self) -> None:
        self.nudges += 1

    def delivery(
        self, delivery_id: str = "id-1", *, secret: str = SECRET, body: Any = None, ago_s: int = 0
    ) -> Delivery:
        """A delivery that a holder of `secret` sent so long ago."""
        content = json.dumps(body or event()).encode()
        sent = Delivery(delivery_id, str(int(self.time.now_s) - ago_s), "", content)
        return replace(sent, signature=sent.expected_signature(secret.encode()))


def event(
    name: str = "churn_model",
    alias: str = "production",
    entity: str = "model_version_alias",
    action: str = "created",
) -> dict[str, Any]:
    """An event as MLflow tells it."""
    data = {"name": name, "alias": alias, "version": "2"}
    return {"entity": entity, "action": action, "timestamp": "2026-11-23T10:00:00", "data": data}


@pytest.fixture
def bench() -> Bench:
    """A receiver that has received nothing."""
    return Bench()


def test_the_signature_is_the_one_that_mlflow_makes() -> None:
    """A delivery that MLflow 3.17 signed with a known secret has the signature that we expect."""
    delivery = Delivery("d-1", "1700000000", "", b'{"a": 1}')
    signature = "v1,cXba7k2h2S9JgnqN7BcpWvnFMfMoFMqAonfzn9WFZBg="
    assert delivery.expected_signature(b"s3cret") == signature


@pytest.mark.parametrize("action", ["created", "deleted"])
def test_a_move_of_our_alias_nudges(bench: Bench, action: str) -> None:
    """The alias set, moved or removed: look at it now."""
    bench.receiver.receive(bench.delivery(body=event(action=action)))
    assert bench.nudges == 1


@pytest.mark.parametrize(
    "other", [event(name="other"), event(alias="challenger"), event(entity="model_version_tag")]
)
def test_what_is_about_something_else_is_passed_over(bench: Bench, other: dict[str, Any]) -> None:
    """Another model, another alias, another kind of event: taken, and nothing is done."""
    bench.receiver.receive(bench.delivery(body=other))
    assert bench.nudges == 0


def test_a_repeated_delivery_nudges_once(bench: Bench) -> None:
    """Within five minutes, the same delivery is the same news."""
    delivery = bench.delivery()
    bench.receiver.receive(delivery)
    bench.time.now_s += 299
    bench.receiver.receive(delivery)
    assert bench.nudges == 1


def test_a_replay_never_nudges_again(bench: Bench) -> None:
    """Whoever recorded a delivery cannot use it, however long they wait, early clocks included."""
    delivery = bench.delivery(ago_s=-250)
    bench.receiver.receive(delivery)
    for _ in range(60):
        bench.time.now_s += 10
        try:
            bench.receiver.receive(delivery)
        except Forged:
            continue
    assert bench.nudges == 1


def test_an_id_is_forgotten_in_the_end(bench: Bench) -> None:
    """A delivery that is signed anew after five minutes is news."""
    bench.receiver.receive(bench.delivery())
    bench.time.now_s += 301
    bench.receiver.receive(bench.delivery())
    assert bench.nudges == 2


@pytest.mark.parametrize("ago_s", [301, -301])
def test_too_early_and_too_late_are_refused(bench: Bench, ago_s: int) -> None:
    """Signed or not: a delivery is of these minutes."""
    bench.receiver.receive(bench.delivery("in time", ago_s=300 if ago_s > 0 else -300))
    with pytest.raises(Forged, match="clocks"):
        bench.receiver.receive(bench.delivery(ago_s=ago_s))
    assert bench.nudges == 1


def test_a_timestamp_is_a_number(bench: Bench) -> None:
    """A signed delivery without a time cannot be of these minutes."""
    sent = replace(bench.delivery(), timestamp="now")
    signed = replace(sent, signature=sent.expected_signature(SECRET.encode()))
    with pytest.raises(Forged, match="seconds"):
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
def test_a_forged_delivery_is_refused(bench: Bench, change: dict[str, Any]) -> None:
    """Whatever of it was altered after it was signed."""
    with pytest.raises(Forged, match="BATON_WEBHOOK_SECRET"):
        bench.receiver.receive(replace(bench.delivery(), **change))
    with pytest.raises(Forged):
        bench.receiver.receive(bench.delivery(secret="another"))
    assert bench.nudges == 0


def test_a_forged_delivery_does_not_use_up_the_id(bench: Bench) -> None:
    """A stranger cannot make us deaf to a delivery by sending its id first."""
    with pytest.raises(Forged):
        bench.receiver.receive(replace(bench.delivery(), signature="v1,"))
    bench.receiver.receive(bench.delivery())
    assert bench.nudges == 1


@pytest.mark.parametrize("body", [[1], "text", {"entity": "model_version_alias"}, {"data": {}}])
def test_signed_nonsense_is_malformed(bench: Bench, body: Any) -> None:
    """What is signed and no event is told apart from what is forged."""
    with pytest.raises(MalformedBody):
        bench.receiver.receive(bench.delivery(body=body))


def test_signed_bytes_that_are_no_text_are_malformed(bench: Bench) -> None:
    """A key that is not UTF-8 is the sender's fault, and none of ours."""
    unsigned = replace(bench.delivery(), body=b'{"\xf6": 1}')
    signature = unsigned.expected_signature(SECRET.encode())
    with pytest.raises(MalformedBody):
        bench.receiver.receive(replace(unsigned, signature=signature))


def test_memory_is_bounded(bench: Bench) -> None:
    """However many deliveries come, only so many are remembered."""
    for number in range(MAX_REMEMBERED + 5):
        bench.receiver.receive(bench.delivery(f"id-{number}"))
    assert len(bench.receiver._expiries) == MAX_REMEMBERED
    bench.receiver.receive(bench.delivery(f"id-{MAX_REMEMBERED + 4}"))
    assert bench.nudges == MAX_REMEMBERED + 5
