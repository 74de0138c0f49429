"""What MLflow's registry webhooks say: is it MLflow, is it new, and is it about our alias?

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

from baton_inference.errors import Forged, MalformedBody
from baton_inference.lifecycle.clock import Clock

WINDOW_S = 300
"""How far a delivery's timestamp may be from our clock, and how long its id is remembered."""
MAX_REMEMBERED = 1024
"""Ids remembered at most; a delivery that is forgotten too early costs one look-up of the alias."""
ALIAS_ENTITY = "model_version_alias"

log = structlog.get_logger("baton.webhook")


@dataclass(frozen=True)
class Delivery:
    """One webhook request, as it came.

    Attributes:
        delivery_id: the header `X-MLflow-Delivery-Id`.
        timestamp: the header `X-MLflow-Timestamp`, seconds of the POSIX time.
        signature: the header `X-MLflow-Signature`, `v1,<base64 of an HMAC-SHA256>`.
        body: JSON, `{"entity", "action", "timestamp", "data"}`.
    """

    delivery_id: str
    timestamp: str
    signature: str
    body: bytes

    def expected_signature(self, secret: bytes) -> str:
        """The signature that a holder of the secret gives to this delivery."""
        signed = f"{self.delivery_id}.{self.timestamp}.".encode() + self.body
        digest = hmac.new(secret, signed, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}"


class WebhookReceiver:
    """Turns genuine news of our alias into a nudge. Used from the event loop only."""

    def __init__(
        self,
        secret: str,
        *,
        model_name: str,
        alias: str,
        nudge: Callable[[], None],
        clock: Clock,
    ) -> None:
        """Wires the receiver.

        Args:
            secret: what MLflow signs with.
            model_name: the registered model that is followed.
            alias: the alias that is followed.
            nudge: makes the next look-up of the alias come at once.
            clock: judges timestamps.
        """
        self._secret = secret.encode()
        self._ours = (model_name, alias)
        self._nudge = nudge
        self._clock = clock
        self._expiries: dict[str, float] = {}

    def receive(self, delivery: Delivery) -> None:
        """Takes one delivery; nudges once where it is news of our alias.

        Raises:
            Forged: the signature is not MLflow's, or the timestamp is too far off.
            MalformedBody: it is signed, and not the JSON of an event.
        """
        self._check_signature(delivery)
        sent_s, now_s = _seconds(delivery.timestamp), self._clock.posix_s()
        if abs(now_s - sent_s) > WINDOW_S:
            raise Forged(f"the timestamp is over {WINDOW_S} s off; are both clocks right?")
        names_ours = _alias_of(delivery.body) == self._ours
        is_new = self._remember(delivery.delivery_id, max(now_s, sent_s) + WINDOW_S, now_s)
        if names_ours and is_new:
            log.info("the registry says that the alias moved", delivery=delivery.delivery_id)
            self._nudge()

    def _check_signature(self, delivery: Delivery) -> None:
        expected = delivery.expected_signature(self._secret)
        if not hmac.compare_digest(expected.encode(), delivery.signature.encode()):
            raise Forged("the signature does not fit; is BATON_WEBHOOK_SECRET the registry's?")

    def _remember(self, delivery_id: str, expiry_s: float, now_s: float) -> bool:
        """Notes an id until it expires; False where it was noted already."""
        for known, until_s in [*self._expiries.items()]:
            if until_s < now_s:
                del self._expiries[known]
        if delivery_id in self._expiries:
            return False
        if len(self._expiries) == MAX_REMEMBERED:
            del self._expiries[next(iter(self._expiries))]
        self._expiries[delivery_id] = expiry_s
        return True


def _seconds(timestamp: str) -> int:
    try:
        return int(timestamp)
    except ValueError as error:
        raise Forged("the timestamp is not a number of seconds") from error


def _alias_of(body: bytes) -> tuple[Any, Any] | None:
    """The model and the alias that an event is about; None where it is about something else."""
    try:
        event = msgspec.json.decode(body)
        is_alias = event["entity"] == ALIAS_ENTITY
        return (event["data"]["name"], event["data"]["alias"]) if is_alias else None
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, RecursionError) as error:
        raise MalformedBody("the body is not the JSON of a registry event") from error
