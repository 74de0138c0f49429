"""What `webhook ensure` and `bootstrap` share: the webhooks that tell inference of moves."""

from collections.abc import Sequence

from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.webhooks import build_webhook_name

PATH = "/webhooks/mlflow"


def webhook_urls(inference_urls: Sequence[str]) -> list[str]:
    """Where these inference processes take webhooks."""
    return [f"{url}{PATH}" for url in inference_urls]


def ensure_webhooks(
    settings: CliSettings, registry: RegistryClient, urls: Sequence[str], name: str | None = None
) -> str:
    """Makes the registry tell these URLs, and gives the name of the webhooks.

    Raises:
        CommandFailed: there is no secret to sign with.
        RegistryError: the registry gave no answer or refused.
    """
    if settings.webhook_secret is None:
        raise CommandFailed(
            "BATON_WEBHOOK_SECRET is not set; set it, the same here and for inference"
        )
    chosen = name or build_webhook_name(settings.model_name, settings.alias)
    registry.webhooks.ensure(chosen, urls, settings.webhook_secret.get_secret_value())
    return chosen
