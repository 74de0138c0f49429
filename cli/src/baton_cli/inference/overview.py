"""Compares the registry with inference: do they agree on the version?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from baton_cli.inference.report import NO_REGISTRY, SAME_SETTINGS, Report
from baton_registry.errors import AliasNotSet, RegistryError

STATE_STYLES = {"serving": "green", "no answer": "red", "refused": "red"}


@dataclass(frozen=True)
class Overview:
    """The version of the alias, and what every inference process serves.

    Attributes:
        model_name: the registered model.
        alias: the alias.
        aspired: the version that it points to, or the error.
        reports: the reports of the inference processes.
        refused: versions that an older release serves and this one refuses, with the reason.
    """

    model_name: str
    alias: str
    aspired: str | RegistryError
    reports: Sequence[Report]
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def aspired_version(self) -> str | None:
        """The version that the alias points to; None if it is unknown."""
        return self.aspired if isinstance(self.aspired, str) else None

    def list_disagreements(self) -> list[str]:
        """Lists the reasons why they do not agree; empty if they do."""
        reasons = [reason for report in self.reports if (reason := self._find_disagreement(report))]
        return reasons if isinstance(self.aspired, str) else [str(self.aspired), *reasons]

    def to_json(self) -> dict[str, Any]:
        """Builds the document of `baton status --json`."""
        return {
            "model_name": self.model_name,
            "alias": self.alias,
            "aspired_version": self.aspired_version,
            "inference": [report.to_json() for report in self.reports],
            "agree": not self.list_disagreements(),
        }

    def format_headline(self) -> str:
        """Formats the alias and its version."""
        match self.aspired:
            case str(version):
                target = f"version {version}"
            case AliasNotSet():
                target = "not set"
            case _:
                target = "unknown"
        return f"{self.model_name}@{self.alias} -> {target}"

    def build_table(self) -> Table:
        """Builds a table with one row for each process."""
        notes = [self._format_notes(report) for report in self.reports]
        columns = ["inference", "serves", "state", *(["note"] if any(notes) else [])]
        table = Table(*columns, box=None, pad_edge=False)
        for report, note in zip(self.reports, notes, strict=True):
            no_state = "refused" if report.is_refused else "no answer"
            state = str((report.status or {}).get("state", no_state))
            style = STATE_STYLES.get(state, "yellow")
            cells = (report.url, report.serving_version or "-", Text(state, style), Text(note))
            table.add_row(*cells[: len(columns)])
        return table

    def _format_notes(self, report: Report) -> str:
        """Formats the problem of a process, and one that an upgrade would bring."""
        notes = [note] if (note := _describe_problem(report)) else []
        if reason := self.refused.get(report.serving_version or ""):
            notes.append(
                f"it serves version {report.serving_version}, which this release of Baton refuses:"
                f" {reason}"
            )
        return " | ".join(notes)

    def _find_disagreement(self, report: Report) -> str | None:
        if report.status is None:
            return report.missing_status_reason
        if not report.follows(self.model_name, self.alias):
            target = f"{report.status.get('model_name')}@{report.status.get('alias')}"
            return f"{report.url} follows {target}; {SAME_SETTINGS}"
        if self.aspired_version in (None, report.serving_version):
            return None
        version = f"version {report.serving_version}" if report.serving_version else "nothing"
        hint = _describe_problem(report) or "run baton status again in a moment"
        return f"{report.url} serves {version}, not version {self.aspired_version}; {hint}"


def _describe_problem(report: Report) -> str:
    """Describes the most important problem of a process; empty if it has none."""
    failure = report.load_failure
    if failure is not None:
        return f"version {failure.get('version')} cannot be loaded: {failure.get('reason')}"
    return NO_REGISTRY if report.is_without_registry else ""
