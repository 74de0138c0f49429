"""`baton webhook`."""

from collections.abc import Sequence

import click

from baton_cli import terminal
from baton_cli.argument_types.places import HttpAddress
from baton_cli.moves.webhooks import build_webhook_urls, ensure_webhooks
from baton_cli.options import option
from baton_cli.settings import CliSettings, load


@click.group()
def webhook() -> None:
    """Notify inference at once when the alias moves.

    A webhook only triggers a poll. Without it, inference detects a move within its poll interval.
    """


@webhook.command()
@option(
    "--url",
    "urls",
    type=HttpAddress(),
    multiple=True,
    metavar="URL",
    show_default="BATON_INFERENCE_URL + /webhooks/mlflow",
    help="Webhook URL of inference, as the tracking server reaches it. Repeatable.",
)
@option(
    "--name",
    metavar="NAME",
    show_default="baton-MODEL-ALIAS",
    help="Name of the webhook. Two sites that follow one alias need two.",
)
def ensure(urls: Sequence[str], name: str | None) -> None:
    """Register the webhook with the tracking server, or update it.

    BATON_WEBHOOK_SECRET signs the webhook; inference needs the same value. Removes webhooks of the
    same name with other URLs. A tracking server with basic auth requires administrator credentials.
    """
    settings = load(CliSettings)
    targets = urls or build_webhook_urls(settings.inference_urls)
    with settings.open_registry() as registry:
        registered_name = ensure_webhooks(settings, registry, targets, name)
    terminal.show(f"webhook {registered_name} notifies {', '.join(targets)}")
