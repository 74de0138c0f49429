"""`baton bootstrap`: ensures a first version, for `baton up` and the container stack."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from baton_cli import terminal
from baton_cli.actor import get_actor
from baton_cli.argument_types.times import Seconds
from baton_cli.moves.alias_move import describe_move
from baton_cli.moves.webhooks import build_webhook_urls, ensure_webhooks
from baton_cli.options import option
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import Deferral
from baton_cli.training.options import TrainOptions, add_table_options
from baton_cli.training.trainer import run_training
from baton_registry.errors import AliasNotSet, RegistryError, RegistryUnavailable
from baton_registry.promotion import alias_moves as promotion
from baton_registry.rest.client import RegistryClient

POLL_INTERVAL_S = 1.0


@click.command(hidden=True)
@add_table_options
@option(
    "--wait-registry",
    "wait_s",
    type=Seconds(),
    default=120.0,
    metavar="SECONDS",
    show_default="120 s",
    help="How long to wait for the tracking server.",
)
def bootstrap(config: Path | None, wait_s: float, **options: Any) -> None:
    """Train and promote the first version if the registry has none, and ensure the webhook.

    If the tracking server does not answer, the exit code is still 0: inference, which waits for
    this command, can then serve from its cache.
    """
    settings = load(CliSettings)
    with settings.open_registry() as registry:
        try:
            is_empty = not has_versions(registry, settings.model_name, wait_s)
            _ensure_webhooks(registry, settings)
            if not is_empty:
                terminal.print_progress(_describe_alias(registry, settings))
                return
        except RegistryUnavailable as error:
            terminal.print_progress(f"warning: cannot check for a first version: {error}")
            return
        with Deferral() as deferral:  # the next start finds the version and does not promote it
            result = run_training(TrainOptions.from_parameters(config, options), deferral)
            move = promotion.promote(
                registry,
                settings.model_name,
                result.version,
                alias=settings.alias,
                by=get_actor(settings),
                reason="the first version",
                trusted=settings.trusted_keys,
            )
            terminal.show(describe_move(settings.model_name, settings.alias, move))


def has_versions(
    registry: RegistryClient,
    model_name: str,
    wait_s: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Polls until the registry answers; returns whether the model has a version.

    Raises:
        RegistryUnavailable: it did not answer within `wait_s`.
    """
    deadline = clock() + wait_s
    while True:
        try:
            return bool(registry.list_versions(model_name))
        except RegistryUnavailable:
            left_s = deadline - clock()
            if left_s <= 0:
                raise
        sleep(min(POLL_INTERVAL_S, left_s))


def _ensure_webhooks(registry: RegistryClient, settings: CliSettings) -> None:
    """Registers the webhook if there is a secret. A failure is only a warning."""
    if settings.webhook_secret is None:
        return
    try:
        ensure_webhooks(settings, registry, build_webhook_urls(settings.inference_urls))
    except RegistryError as error:
        terminal.print_progress(f"warning: no webhook, inference only polls: {error}")


def _describe_alias(registry: RegistryClient, settings: CliSettings) -> str:
    name = f"{settings.model_name}@{settings.alias}"
    try:
        version = registry.resolve_alias(settings.model_name, settings.alias).version
    except AliasNotSet:
        return f"warning: {name} is not set; run: baton promote VERSION"
    return f"{name} points to version {version}; nothing to train"
