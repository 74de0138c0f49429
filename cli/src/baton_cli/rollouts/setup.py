"""Opens what the verbs of a rollout need: registry, processes, executor, controller."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.checks import CheckRunner
from baton_cli.rollouts.control.controller import Controller
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.session import RolloutSession
from baton_cli.rollouts.control.store import RolloutStore
from baton_cli.settings import CliSettings
from baton_registry.rest.client import RegistryClient


def build_executor(registry: RegistryClient, settings: CliSettings) -> Executor:
    """Builds the executor for the model and its canary alias."""
    store = RolloutStore(registry, settings.model_name, settings.canary_alias)
    return Executor(store, settings.trusted_keys)


@contextmanager
def open_session(settings: CliSettings, check: Sequence[str] = ()) -> Iterator[RolloutSession]:
    """Opens the registry. Closes it, and a check that runs, at the end.

    Raises:
        CommandFailed: BATON_CANARY_ALIAS turns the canary off.
    """
    if settings.followed_canary is None:
        raise CommandFailed(
            f"BATON_CANARY_ALIAS={settings.canary_alias} turns the canary off; set the name of an"
            f" alias other than {settings.alias!r}, here and for inference"
        )
    with settings.open_registry() as registry:
        executor = build_executor(registry, settings)
        controller = Controller(executor, settings.build_status_client(), CheckRunner(check))
        try:
            yield RolloutSession(executor, controller)
        finally:
            controller.close()
