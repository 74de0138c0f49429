"""Follows a rollout: step by step, with a line for each change, through outages of the registry."""

import time
from collections.abc import Callable

from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.control.store import Overtaken
from baton_cli.rollouts.display.texts import describe_next, describe_progress, get_shape
from baton_common.texts import to_one_line
from baton_registry.errors import RegistryError, RegistryMisconfigured, RegistryRefused
from baton_rollout.progress.actions import Wait

DENIED = (401, 403)
IDLE_FACTOR = 5.0
"""How much less often the controller looks while no rollout is under way."""

Sleep = Callable[[float], None]
Step = Callable[[], Observation | None]
PrintLine = Callable[[str], None]


class Follower:
    """Follows a rollout, and prints a line for each change.

    Attributes:
        seen: the last observation; None before the first one, or without a rollout.
        outage: the error of the last step; empty without one.
    """

    def __init__(self, step: Step, print_line: PrintLine) -> None:
        """Does nothing yet.

        Args:
            step: `Controller.tick`, or `Controller.observe`, which writes nothing.
            print_line: prints a change.
        """
        self.seen: Observation | None = None
        self.outage = ""
        self._step = step
        self._print_line = print_line
        self._last_line = ""
        self._last_shape = ""

    def step(self, *, endures: bool = False) -> Observation | None:
        """Makes one step. An outage of the registry is printed once, and ends nothing.

        Args:
            endures: whether an error that only a person can end is an outage too.

        Raises:
            CommandFailed: such an error: an unreadable record, or missing rights.
        """
        try:
            self.seen = self._step()
        except (RegistryError, CommandFailed) as error:
            if not endures and is_permanent(error):
                raise CommandFailed(to_one_line(error)) from error
            if not self.outage:
                self._print_line(f"the rollout waits: {to_one_line(error)}")
            self.outage = to_one_line(error)
            return self.seen
        if self.outage:
            self._print_line("the rollout continues: the registry answers again")
            self.outage = ""
        if self.seen is not None:
            self._report(self.seen)
        return self.seen

    def follow_forever(self, interval_s: float, sleep: Sleep = time.sleep) -> None:
        """Makes steps until the process ends, through all errors: a person may end them."""
        while True:
            seen = self.step(endures=True)
            is_busy = seen is not None and seen.record.is_under_way
            sleep(interval_s if is_busy else IDLE_FACTOR * interval_s)

    def _report(self, seen: Observation) -> None:
        line = describe_progress(seen.record)
        if line != self._last_line:
            self._print_line(line)
            self._last_line, self._last_shape = line, ""
        if seen.record.phase != "progressing" or not isinstance(seen.action, Wait):
            return
        shape = get_shape(describe_next(seen))
        if shape != self._last_shape:
            self._print_line(f"version {seen.record.plan.version}: {describe_next(seen)}")
            self._last_shape = shape


def is_permanent(error: RegistryError | CommandFailed) -> bool:
    """Whether waiting does not end an error."""
    if isinstance(error, RegistryRefused):
        return error.status in DENIED
    return isinstance(error, CommandFailed | RegistryMisconfigured) and not isinstance(
        error, Overtaken
    )
