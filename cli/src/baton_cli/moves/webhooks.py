"""The webhooks that notify inference of alias moves, for `webhook ensure` and `bootstrap`."""

from collections.abc import Sequence

from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.webhooks import DELIVERY_PATH, build_webhook_name


def build_webhook_urls(inference_urls: Sequence[str]) -> list[str]:
    """Returns the webhook URLs of these inference processes."""
    return [f"{url}{DELIVERY_PATH}" for url in inference_urls]


def ensure_webhooks(
    settings: CliSettings, registry: RegistryClient, urls: Sequence[str], name: str | None = None
) -> str:
    """Registers webhooks for these URLs and returns their name.

    Raises:
        CommandFailed: there is no webhook secret.
        RegistryError: the registry did not answer or refused.
    """
    if settings.webhook_secret is None:
        raise CommandFailed(
            "BATON_WEBHOOK_SECRET is not set; set the same value here and for inference"
        )
    name = name or build_webhook_name(settings.model_name, settings.alias)
    registry.webhooks.ensure(name, urls, settings.webhook_secret.get_secret_value())
    return name
