"""Opens what the verbs of a rollout need: registry, processes, executor, controller."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.inference.status_client import build_status_client
from baton_cli.rollouts.control.checks import CheckRunner
from baton_cli.rollouts.control.controller import Controller
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.control.session import RolloutSession
from baton_cli.rollouts.control.starting import find_scale
from baton_cli.rollouts.control.store import RolloutStore
from baton_cli.settings import CliSettings
from baton_cli.storage_location import StorageLocation
from baton_registry.rest.client import RegistryClient

if TYPE_CHECKING:  # Arrow is slow to import, and few controllers read a prediction log
    from baton_cli.predictions.labelled_pairs import LabelledPairs


def build_executor(registry: RegistryClient, settings: CliSettings) -> Executor:
    """Builds the executor for the model and its canary alias."""
    store = RolloutStore(registry, settings.model_name, settings.canary_alias)
    return Executor(store, settings.trusted_keys)


@contextmanager
def open_session(
    settings: CliSettings, check: Sequence[str] = (), predictions: StorageLocation | None = None
) -> Iterator[RolloutSession]:
    """Opens the registry. Closes it, and a check that runs, at the end.

    Args:
        settings: registry, model and aliases.
        check: the check of each step: a program and its arguments.
        predictions: the prediction log, whose labels count; None: no log.

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
        labels = _open_labels(executor.store, predictions) if predictions else None
        inference = build_status_client(settings)
        controller = Controller(executor, inference, CheckRunner(check), labels)
        try:
            yield RolloutSession(executor, controller)
        finally:
            controller.close()


def _open_labels(store: RolloutStore, predictions: StorageLocation) -> "LabelledPairs":
    from baton_cli.predictions.labelled_pairs import LabelledPairs  # noqa: PLC0415 - see above

    def warn(text: str) -> None:
        terminal.print_progress(f"warning: {text}")

    return LabelledPairs(predictions, store.model, partial(find_scale, store), warn)
