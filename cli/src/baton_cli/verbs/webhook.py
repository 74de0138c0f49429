"""`baton webhook`."""

from collections.abc import Sequence

import click

from baton_cli import terminal
from baton_cli.moves.arguments import HttpAddress
from baton_cli.moves.webhooks import ensure_webhooks, webhook_urls
from baton_cli.settings import CliSettings, load


@click.group()
def webhook() -> None:
    """Let the registry tell inference when an alias moves.

    It is only a hint that makes the next look at the alias come at once; without it, inference
    sees a move within its poll interval.
    """


@webhook.command()
@click.option(
    "--url",
    "urls",
    type=HttpAddress(),
    multiple=True,
    metavar="URL",
    help="Where the tracking server reaches inference; may be repeated"
    " [BATON_INFERENCE_URL, each with /webhooks/mlflow].",
)
@click.option(
    "--name",
    metavar="NAME",
    help="The webhook's name; two sites that follow one alias need two [of model and alias].",
)
def ensure(urls: Sequence[str], name: str | None) -> None:
    """Register the webhook with the tracking server, or bring it up to date.

    Signed with BATON_WEBHOOK_SECRET, which inference must know too. Webhooks of the same name with
    other URLs are removed. Where the tracking server has basic-auth on, its administrator does it.
    """
    settings = load(CliSettings)
    targets = urls or webhook_urls(settings.inference_urls)
    with settings.open_registry() as registry:
        known_as = ensure_webhooks(settings, registry, targets, name)
    terminal.show(f"webhook {known_as} tells {', '.join(targets)}")
