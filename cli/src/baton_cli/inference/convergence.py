"""Waiting until every inference process serves the version that the alias was moved to."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from baton_cli.errors import CommandFailed
from baton_cli.inference.status_client import NO_REGISTRY, SAME_SETTINGS, Report

POLL_INTERVAL_S = 0.1
START_IT = "start it, or set BATON_INFERENCE_URL to where it answers"

Failures = Mapping[str, Mapping[str, Any] | None]


class Reporting(Protocol):
    """What can be asked for reports."""

    def reports(self) -> list[Report]:
        """What each inference process says now."""
        ...


@dataclass(frozen=True)
class Goal:
    """What all processes shall serve.

    Attributes:
        model_name: the registered model.
        alias: the alias that was moved.
        version: where it points since.
        way_back: the command that goes back; None where there is nothing to go back to.
    """

    model_name: str
    alias: str
    version: str
    way_back: str | None

    def missed(self, why: str, hint: str = "", *, forward: str = "") -> CommandFailed:
        """The error that says why the goal is not reached; the alias stays.

        Args:
            why: what happened.
            hint: what helps.
            forward: what to do where there is no way back.
        """
        stays = f"alias {self.alias!r} stays on version {self.version}"
        way = f"go back with: {self.way_back}" if self.way_back else forward
        return CommandFailed("; ".join(filter(None, (why, hint, stays, way))))

    def is_reached_by(self, report: Report) -> bool:
        """Whether this process serves it."""
        return report.serving_version == self.version and report.follows(
            self.model_name, self.alias
        )


def failures(reports: Sequence[Report]) -> Failures:
    """What each process reports as its load failure: after a move, these are old news."""
    return {report.url: report.load_failure for report in reports}


def wait_until_served(  # noqa: PLR0913 - all that the wait depends on, clock included
    inference: Reporting,
    goal: Goal,
    *,
    timeout_s: float,
    before: Failures,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Report]:
    """Polls the processes until all of them have reached the goal, and gives their reports.

    Args:
        inference: the processes.
        goal: what they shall serve.
        timeout_s: how long to wait.
        before: the load failures reported before the move.
        clock: seconds, from any beginning.
        sleep: waits between two polls.

    Raises:
        CommandFailed: a process cannot reach the goal, or the time is up.
    """
    deadline = clock() + timeout_s
    while True:
        reports = inference.reports()
        behind = [report for report in reports if not goal.is_reached_by(report)]
        if not behind:
            return reports
        for report in behind:
            if missed := _hopeless(report, goal, before):
                raise missed
        if clock() >= deadline:
            what = ", ".join(map(_doing, behind))
            is_away = any(report.status is None for report in behind)
            raise goal.missed(
                f"version {goal.version} is not served everywhere after {timeout_s:g} s: {what}",
                START_IT if is_away else "see: baton status",
            )
        sleep(POLL_INTERVAL_S)


def _hopeless(report: Report, goal: Goal, before: Failures) -> CommandFailed | None:
    """Why waiting for this process is in vain; None where it is not."""
    if report.is_refused:
        return goal.missed(report.silence)
    if report.status is None:
        return None
    if not report.follows(goal.model_name, goal.alias):
        return goal.missed(
            f"{report.url} follows alias {report.status.get('alias')!r} of model "
            f"{report.status.get('model_name')!r}, not {goal.alias!r} of {goal.model_name!r}",
            SAME_SETTINGS,
        )
    failure = report.load_failure
    if failure is None or failure.get("version") != goal.version:
        return None
    if failure == before.get(report.url):
        return None
    return goal.missed(
        f"{report.url} cannot load version {goal.version}: {failure.get('reason')}",
        forward="promote another version",
    )


def _doing(report: Report) -> str:
    if report.status is None:
        return f"no answer from {report.url}"
    serves = f"version {report.serving_version}" if report.serving_version else "nothing"
    trouble = f", and {NO_REGISTRY}" if report.is_without_registry else ""
    return f"{report.url} serves {serves}{trouble}"
