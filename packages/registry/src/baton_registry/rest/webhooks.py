"""The registry's webhooks: MLflow tells an address when an alias moves.

A webhook is only a hint, and MLflow delivers it at most once: who follows an alias polls as well.
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
PAGE = "100"
LONGEST_NAME = 63
DIGEST_LENGTH = 8
EVENTS = [{"entity": "MODEL_VERSION_ALIAS", "action": action} for action in ("CREATED", "DELETED")]
"""An alias that moves is told as created."""
DESCRIPTION = "Tells inference that an alias has moved."


@dataclass(frozen=True)
class Webhook:
    """A webhook as the registry describes it; its secret is never told.

    Attributes:
        webhook_id: given by the registry.
        name: several may share one.
        url: where deliveries go.
    """

    webhook_id: str
    name: str
    url: str


class WebhookClient:
    """Lists, makes and alters webhooks. Raises as `RegistryClient` does.

    Where the tracking server has basic-auth on, only its administrator may do so.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, name: str) -> list[Webhook]:
        """The webhooks of this name."""
        query, found = {"max_results": PAGE}, []
        while True:
            page = self._transport.call("GET", ENDPOINT, params=query)
            found += [self._webhook(row) for row in page.get("webhooks") or ()]
            if not page.get("next_page_token"):
                return [webhook for webhook in found if webhook.name == name]
            query["page_token"] = page["next_page_token"]

    def ensure(self, name: str, urls: Sequence[str], secret: str) -> None:
        """Makes the webhooks of this name those that tell these addresses, signed with `secret`.

        Done twice, it changes nothing. Those of the name with other addresses are removed.
        """
        spare = {webhook.url: webhook for webhook in self.list(name)}
        for url in dict.fromkeys(urls):
            known = spare.pop(url, None)
            wanted = {
                "name": name,
                "url": url,
                "description": DESCRIPTION,
                "events": EVENTS,
                "secret": secret,
                "status": "ACTIVE",
            }
            # Updated though it looks the same: whether its secret is this one, nobody tells.
            if known is None:
                self._transport.call("POST", ENDPOINT, json=wanted)
            else:
                self._transport.call("PATCH", f"{ENDPOINT}/{known.webhook_id}", json=wanted)
        for webhook in spare.values():
            self._transport.call("DELETE", f"{ENDPOINT}/{webhook.webhook_id}")

    def _webhook(self, row: Any) -> Webhook:
        try:
            return Webhook(row["webhook_id"], row["name"], row["url"])
        except (KeyError, TypeError) as error:
            raise RegistryUnavailable(
                f"the registry at {self._transport.address} answered without a webhook's fields"
            ) from error


def build_webhook_name(model_name: str, alias: str) -> str:
    """A name, as MLflow allows them, for the webhooks that tell of this alias of this model."""
    plain = f"baton-{model_name}-{alias}"
    allowed = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
    if allowed == plain and len(plain) <= LONGEST_NAME and plain[-1].isalnum():
        return plain
    digest = hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    return f"{allowed[: LONGEST_NAME - DIGEST_LENGTH - 1]}-{digest}"
