"""Verifies MLflow's registry webhooks, and triggers a poll if a followed alias or tag changed.

MLflow signs `<delivery id>.<timestamp>.<body>`; see `mlflow/webhooks/delivery.py` of MLflow 3.17.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from baton_inference.errors import InvalidWebhook, MalformedBody
from baton_inference.lifecycle.clock import Clock

WINDOW_S = 300
"""Maximum distance of a delivery's timestamp from the clock; its id is remembered as long."""
MAX_REMEMBERED = 1024
"""Maximum number of remembered ids; an id forgotten too early costs one extra poll."""
ALIAS_ENTITY, TAG_ENTITY = "model_version_alias", "model_version_tag"

log = structlog.get_logger("baton.webhook")


@dataclass(frozen=True)
class Delivery:
    """One webhook request as received.

    Attributes:
        delivery_id: the header `X-MLflow-Delivery-Id`.
        timestamp: the header `X-MLflow-Timestamp`, POSIX time in seconds.
        signature: the webhook signature, header `X-MLflow-Signature`: `v1,<base64 HMAC-SHA256>`.
        body: JSON, `{"entity", "action", "timestamp", "data"}`.
    """

    delivery_id: str
    timestamp: str
    signature: str
    body: bytes

    def sign(self, secret: bytes) -> str:
        """Returns the webhook signature of this delivery under the secret."""
        signed = f"{self.delivery_id}.{self.timestamp}.".encode() + self.body
        digest = hmac.new(secret, signed, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}"


@dataclass(frozen=True)
class Followed:
    """What a delivery must be about to trigger a poll.

    Attributes:
        model_name: the registered model.
        aliases: its aliases that inference follows.
        tags: the tags of its versions that matter.
    """

    model_name: str
    aliases: frozenset[str]
    tags: frozenset[str] = frozenset()

    def matches(self, event: Any) -> bool:
        """Whether a decoded event is about it. Raises `KeyError` or `TypeError` for no event."""
        entity = event["entity"]
        if entity not in (ALIAS_ENTITY, TAG_ENTITY):
            return False
        data = event["data"]
        if entity == ALIAS_ENTITY:
            return data["name"] == self.model_name and data["alias"] in self.aliases
        return data["name"] == self.model_name and data["key"] in self.tags


class WebhookReceiver:
    """Triggers a poll when a followed alias or tag changes. Used from the event loop only."""

    def __init__(
        self,
        secret: str,
        *,
        followed: Followed,
        nudge: Callable[[], None],
        clock: Clock,
    ) -> None:
        """Wires the receiver.

        Args:
            secret: the shared secret of the webhook signatures.
            followed: the aliases and tags to react to.
            nudge: triggers a poll at once.
            clock: the time that timestamps are compared with.
        """
        self._secret = secret.encode()
        self._followed = followed
        self._nudge = nudge
        self._clock = clock
        self._expiries: dict[str, float] = {}

    def receive(self, delivery: Delivery) -> None:
        """Handles one delivery; triggers one poll if it is new and about what is followed.

        Raises:
            InvalidWebhook: the webhook signature does not match, or the timestamp is too far off.
            MalformedBody: the webhook signature matches, but the body is not the JSON of an event.
        """
        self._check_signature(delivery)
        sent_s, now_s = _parse_seconds(delivery.timestamp), self._clock.posix_s()
        if abs(now_s - sent_s) > WINDOW_S:
            raise InvalidWebhook(f"the timestamp is over {WINDOW_S} s off; check both clocks")
        is_followed = self._is_followed(delivery.body)
        is_new = self._remember(delivery.delivery_id, max(now_s, sent_s) + WINDOW_S, now_s)
        if is_followed and is_new:
            log.info("webhook reports a change", delivery=delivery.delivery_id)
            self._nudge()

    def _check_signature(self, delivery: Delivery) -> None:
        expected = delivery.sign(self._secret)
        if not hmac.compare_digest(expected.encode(), delivery.signature.encode()):
            raise InvalidWebhook(
                "the webhook signature does not match; "
                "set BATON_WEBHOOK_SECRET to the secret of the registry's webhook"
            )

    def _is_followed(self, body: bytes) -> bool:
        try:
            return self._followed.matches(msgspec.json.decode(body))
        except (
            msgspec.DecodeError,
            UnicodeDecodeError,
            KeyError,
            TypeError,
            RecursionError,
        ) as error:
            raise MalformedBody("the body is not the JSON of a registry event") from error

    def _remember(self, delivery_id: str, expiry_s: float, now_s: float) -> bool:
        """Remembers an id until it expires; returns False if it is already known."""
        for known, until_s in [*self._expiries.items()]:
            if until_s < now_s:
                del self._expiries[known]
        if delivery_id in self._expiries:
            return False
        if len(self._expiries) == MAX_REMEMBERED:
            del self._expiries[next(iter(self._expiries))]
        self._expiries[delivery_id] = expiry_s
        return True


def _parse_seconds(timestamp: str) -> int:
    try:
        return int(timestamp)
    except ValueError as error:
        raise InvalidWebhook("the timestamp is not a number of seconds") from error
