"""MLflow registry webhooks for alias moves, and for the tags of a rollout.

MLflow delivers a webhook at most once, so it is only a hint: inference polls as well.
https://mlflow.org/docs/latest/ml/webhooks/
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baton_registry.errors import RegistryUnavailable
from baton_registry.rest.transport import Transport

ENDPOINT = "webhooks"
DELIVERY_PATH = "/webhooks/mlflow"
"""The path at which inference takes deliveries."""
PAGE = "100"
LONGEST_NAME = 63
DIGEST_LENGTH = 8
EVENTS = [
    {"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"},  # also a moved alias
    {"entity": "MODEL_VERSION_ALIAS", "action": "DELETED"},
    {"entity": "MODEL_VERSION_TAG", "action": "SET"},
]
"""Moves of both aliases, and a version's weight and verdict: a step or an abort of a rollout."""
DESCRIPTION = "Notifies Baton inference of alias moves and rollouts."


@dataclass(frozen=True)
class Webhook:
    """A webhook as the registry describes it, without its secret.

    Attributes:
        webhook_id: the registry's id.
        name: several webhooks may have the same name.
        url: the address for deliveries.
    """

    webhook_id: str
    name: str
    url: str


class WebhookClient:
    """Lists, creates and updates webhooks. Raises as `RegistryClient` does.

    With basic-auth, only the tracking server's administrator may use it.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, name: str) -> list[Webhook]:
        """Lists the webhooks with this name."""
        query, webhooks = {"max_results": PAGE}, []
        while True:
            page = self._transport.call("GET", ENDPOINT, params=query)
            webhooks += [self._parse_webhook(row) for row in page.get("webhooks") or ()]
            if not page.get("next_page_token"):
                return [webhook for webhook in webhooks if webhook.name == name]
            query["page_token"] = page["next_page_token"]

    def ensure(self, name: str, urls: Sequence[str], secret: str) -> None:
        """Creates or updates a webhook per address, signed with `secret`.

        Idempotent. Webhooks of this name with other addresses are deleted.
        """
        unused = {webhook.url: webhook for webhook in self.list(name)}
        for url in dict.fromkeys(urls):
            known = unused.pop(url, None)
            fields = {
                "name": name,
                "url": url,
                "description": DESCRIPTION,
                "events": EVENTS,
                "secret": secret,
                "status": "ACTIVE",
            }
            # Always updated: the registry does not reveal the current secret, and an older release
            # registered fewer events.
            if known is None:
                self._transport.call("POST", ENDPOINT, json=fields)
            else:
                self._transport.call("PATCH", f"{ENDPOINT}/{known.webhook_id}", json=fields)
        for webhook in unused.values():
            self._transport.call("DELETE", f"{ENDPOINT}/{webhook.webhook_id}")

    def _parse_webhook(self, row: Any) -> Webhook:
        try:
            return Webhook(row["webhook_id"], row["name"], row["url"])
        except (KeyError, TypeError) as error:
            raise RegistryUnavailable(
                f"the registry at {self._transport.address} answered without a webhook's fields"
            ) from error


def build_webhook_name(model_name: str, alias: str) -> str:
    """Builds the name of the webhooks for an alias, within MLflow's limits."""
    plain = f"baton-{model_name}-{alias}"
    allowed = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
    if allowed == plain and len(plain) <= LONGEST_NAME and plain[-1].isalnum():
        return plain
    digest = hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    return f"{allowed[: LONGEST_NAME - DIGEST_LENGTH - 1]}-{digest}"
