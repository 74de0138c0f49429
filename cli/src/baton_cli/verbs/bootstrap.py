"""`baton bootstrap`: the first version, for `baton up` and the container stack."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from baton_cli import terminal
from baton_cli.moves.arguments import Seconds
from baton_cli.moves.moving import describe
from baton_cli.moves.person import name_actor
from baton_cli.moves.webhooks import ensure_webhooks, webhook_urls
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import Deferral
from baton_cli.training.options import Order, run_training, table_options
from baton_registry.errors import AliasNotSet, RegistryError, RegistryUnavailable
from baton_registry.promotion import alias_moves as promotion
from baton_registry.rest.client import RegistryClient

POLL_INTERVAL_S = 1.0


@click.command(hidden=True)
@table_options
@click.option("--wait-registry", "wait_s", type=Seconds(), default=120.0, show_default=True)
def bootstrap(config: Path | None, wait_s: float, **options: Any) -> None:
    """Train and promote the first version, where the registry has none, and ensure the webhook.

    Exit code 0 also where the tracking server stays away: what depends on this one-shot serves
    from its cache then.
    """
    settings = load(CliSettings)
    with settings.open_registry() as registry:
        try:
            has_versions = has_versions_soon(registry, settings.model_name, wait_s)
            _ensure_webhooks(registry, settings)
            if has_versions:
                terminal.tell(_what_is_there(registry, settings))
                return
        except RegistryUnavailable as error:
            terminal.tell(f"warning: whether there is a version is unknown: {error}")
            return
        with Deferral() as until_told:  # a second start would not promote it: there is a version
            result = run_training(Order.of(config, options), until_told)
            move = promotion.promote(
                registry,
                settings.model_name,
                result.version,
                alias=settings.alias,
                by=name_actor(settings),
                reason="the first version",
                trusted=settings.trusted_keys,
            )
            terminal.show(describe(settings.model_name, settings.alias, move))


def has_versions_soon(
    registry: RegistryClient,
    model_name: str,
    wait_s: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Whether the model has any version, asked until the registry answers.

    Raises:
        RegistryUnavailable: it did not within `wait_s`.
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
    """Lets the registry tell inference of moves where there is a secret; a failure only warns."""
    if settings.webhook_secret is None:
        return
    try:
        ensure_webhooks(settings, registry, webhook_urls(settings.inference_urls))
    except RegistryError as error:
        terminal.tell(f"warning: no webhook, so moves of the alias are seen by polling: {error}")


def _what_is_there(registry: RegistryClient, settings: CliSettings) -> str:
    name = f"{settings.model_name}@{settings.alias}"
    try:
        version = registry.resolve_alias(settings.model_name, settings.alias).version
    except AliasNotSet:
        return f"warning: {name} is not set; set it with: baton promote VERSION"
    return f"{name} is on version {version}; nothing to train"
