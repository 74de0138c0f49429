"""Watches a rollout: a live view in a terminal, else one line for each change."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.display.following import Follower, PrintLine, Step
from baton_cli.rollouts.display.view import build_view

IsDone = Callable[[Observation | None], bool]


@dataclass(frozen=True)
class Watch:
    """How to watch.

    Attributes:
        model: the registered model.
        interval_s: seconds between two steps.
        is_done: whether an observation is the last one.
        limit_s: how long to watch at most; None: for ever.
        is_controller: whether the steps write.
    """

    model: str
    interval_s: float
    is_done: IsDone
    limit_s: float | None = None
    is_controller: bool = False


def watch(step: Step, how: Watch, print_line: PrintLine, *, err: bool) -> Observation | None:
    """Makes steps until the rollout is done or the time is over. Returns the last observation.

    Args:
        step: makes a step.
        how: how to watch.
        print_line: prints a change, outside a terminal.
        err: whether the live view is on stderr; else on stdout.
    """
    console = Console(file=sys.stderr if err else sys.stdout, highlight=False)
    if not console.is_terminal:
        return _follow(Follower(step, print_line), how, lambda _: None)
    follower = Follower(step, lambda _: None)
    with Live(console=console, auto_refresh=False) as live:
        return _follow(follower, how, lambda view: live.update(view, refresh=True))


def _follow(
    follower: Follower, how: Watch, show: Callable[[RenderableType], None]
) -> Observation | None:
    end_s = None if how.limit_s is None else time.monotonic() + how.limit_s
    while True:
        seen = follower.step()
        show(_build_view(how, follower))
        is_late = end_s is not None and time.monotonic() >= end_s
        if is_late or (not follower.outage and how.is_done(seen)):
            return seen
        time.sleep(how.interval_s)


def _build_view(how: Watch, follower: Follower) -> RenderableType:
    seen = follower.seen
    if seen is None:
        view: RenderableType = Text(f"{how.model}: no rollout")
    else:
        view = build_view(how.model, seen, is_controller=how.is_controller)
    return Group(view, Text(follower.outage, "yellow")) if follower.outage else view
