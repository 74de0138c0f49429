"""What a verb of a rollout works with while it runs."""

from dataclasses import dataclass

from baton_cli.rollouts.control.controller import Controller
from baton_cli.rollouts.control.execution import Executor


@dataclass(frozen=True)
class RolloutSession:
    """What a verb of a rollout works with while it runs.

    Attributes:
        executor: writes to the registry.
        controller: observes, and decides.
    """

    executor: Executor
    controller: Controller
