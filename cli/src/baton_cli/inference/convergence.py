"""Waits until every inference process serves the version that the alias was moved to."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from baton_cli.errors import CommandFailed
from baton_cli.inference.report import NO_REGISTRY, SAME_SETTINGS, Report

POLL_INTERVAL_S = 0.1
START_HINT = "start it, or set BATON_INFERENCE_URL to its address"

LoadFailures = Mapping[str, Mapping[str, Any] | None]


class ReportSource(Protocol):
    """Fetches reports, like `StatusClient`."""

    def fetch_reports(self) -> list[Report]:
        """Fetches the report of each inference process."""
        ...


@dataclass(frozen=True)
class Goal:
    """The version that all processes must serve.

    Attributes:
        model_name: the registered model.
        alias: the alias that was moved.
        version: the version that it points to.
        way_back: the command that undoes the move; None if there is none.
    """

    model_name: str
    alias: str
    version: str
    way_back: str | None

    def build_failure(self, reason: str, hint: str = "", *, alternative: str = "") -> CommandFailed:
        """Builds the error of a goal that is not reached. The alias stays where it is.

        Args:
            reason: what happened.
            hint: what to do about it.
            alternative: what to do if there is no way back.
        """
        alias = f"alias {self.alias!r} stays on version {self.version}"
        next_step = f"go back with: {self.way_back}" if self.way_back else alternative
        return CommandFailed("; ".join(filter(None, (reason, hint, alias, next_step))))

    def is_reached_by(self, report: Report) -> bool:
        """Whether this process serves the version."""
        return report.serving_version == self.version and report.follows(
            self.model_name, self.alias
        )


def collect_load_failures(reports: Sequence[Report]) -> LoadFailures:
    """Collects the load failure that each process reports. A move makes these outdated."""
    return {report.url: report.load_failure for report in reports}


def wait_until_served(  # noqa: PLR0913 - all that the wait depends on, clock included
    inference: ReportSource,
    goal: Goal,
    *,
    timeout_s: float,
    earlier: LoadFailures,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Report]:
    """Polls the processes until all of them reach the goal, and returns their reports.

    Args:
        inference: fetches the reports.
        goal: the version to serve.
        timeout_s: the longest wait.
        earlier: the load failures reported before the move.
        clock: returns seconds.
        sleep: waits between two polls.

    Raises:
        CommandFailed: a process cannot reach the goal, or the time is up.
    """
    deadline = clock() + timeout_s
    while True:
        reports = inference.fetch_reports()
        behind = [report for report in reports if not goal.is_reached_by(report)]
        if not behind:
            return reports
        for report in behind:
            if failure := _find_failure(report, goal, earlier):
                raise failure
        if clock() >= deadline:
            states = ", ".join(map(_describe_state, behind))
            is_away = any(report.status is None for report in behind)
            raise goal.build_failure(
                f"version {goal.version} is not served everywhere after {timeout_s:g} s: {states}",
                START_HINT if is_away else "see: baton status",
            )
        sleep(POLL_INTERVAL_S)


def _find_failure(report: Report, goal: Goal, earlier: LoadFailures) -> CommandFailed | None:
    """Returns the reason why this process cannot reach the goal; None if it still can."""
    if report.is_refused:
        return goal.build_failure(report.missing_status_reason)
    if report.status is None:
        return None
    if not report.follows(goal.model_name, goal.alias):
        return goal.build_failure(
            f"{report.url} follows alias {report.status.get('alias')!r} of model "
            f"{report.status.get('model_name')!r}, not {goal.alias!r} of {goal.model_name!r}",
            SAME_SETTINGS,
        )
    failure = report.load_failure
    if failure is None or failure.get("version") != goal.version:
        return None
    if failure == earlier.get(report.url):
        return None
    return goal.build_failure(
        f"{report.url} cannot load version {goal.version}: {failure.get('reason')}",
        alternative="promote another version",
    )


def _describe_state(report: Report) -> str:
    if report.status is None:
        return f"no answer from {report.url}"
    version = f"version {report.serving_version}" if report.serving_version else "nothing"
    trouble = f" and {NO_REGISTRY}" if report.is_without_registry else ""
    return f"{report.url} serves {version}{trouble}"
