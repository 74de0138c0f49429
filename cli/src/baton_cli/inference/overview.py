"""Whether registry and inference agree on the version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from baton_cli.inference.status_client import NO_REGISTRY, SAME_SETTINGS, Report
from baton_registry.errors import AliasNotSet, RegistryError

STATE_STYLES = {"serving": "green", "no answer": "red", "refused": "red"}


@dataclass(frozen=True)
class Overview:
    """What the alias points to, and what every inference process serves.

    Attributes:
        model_name: the registered model.
        alias: the alias.
        aspired: the version that it points to, or why none is known.
        reports: the answers of the inference processes.
        refused: versions that this release refuses, though an older one serves them, to the reason.
    """

    model_name: str
    alias: str
    aspired: str | RegistryError
    reports: Sequence[Report]
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def aspired_version(self) -> str | None:
        """The version that the alias points to; None where none is known."""
        return self.aspired if isinstance(self.aspired, str) else None

    def list_disagreements(self) -> list[str]:
        """Why they do not agree, in a text each; empty where they do."""
        found = [disagreement for report in self.reports if (disagreement := self._find_disagreement(report))]
        return found if isinstance(self.aspired, str) else [str(self.aspired), *found]

    def to_json(self) -> dict[str, Any]:
        """The document of `baton status --json`."""
        return {
            "model_name": self.model_name,
            "alias": self.alias,
            "aspired_version": self.aspired_version,
            "inference": [report.to_json() for report in self.reports],
            "agree": not self.list_disagreements(),
        }

    def format_headline(self) -> str:
        """Where the alias points."""
        match self.aspired:
            case str(version):
                where = f"version {version}"
            case AliasNotSet():
                where = "not set"
            case _:
                where = "unknown"
        return f"{self.model_name}@{self.alias} -> {where}"

    def table(self) -> Table:
        """What the processes answered, a row each."""
        notes = [self._all_notes(report) for report in self.reports]
        columns = ["inference", "serves", "state", *(["note"] if any(notes) else [])]
        shown = Table(*columns, box=None, pad_edge=False)
        for report, note in zip(self.reports, notes, strict=True):
            silence = "refused" if report.is_refused else "no answer"
            state = str((report.status or {}).get("state", silence))
            style = STATE_STYLES.get(state, "yellow")
            cells = (report.url, report.serving_version or "-", Text(state, style), Text(note))
            shown.add_row(*cells[: len(columns)])
        return shown

    def _all_notes(self, report: Report) -> str:
        """What is wrong with a process now, and what would be after an upgrade."""
        notes = [note] if (note := _note(report)) else []
        if reason := self.refused.get(report.serving_version or ""):
            notes.append(
                f"this release of Baton refuses version {report.serving_version}, which it serves:"
                f" {reason}"
            )
        return " | ".join(notes)

    def _find_disagreement(self, report: Report) -> str | None:
        if report.status is None:
            return report.silence
        if not report.follows(self.model_name, self.alias):
            followed = f"{report.status.get('model_name')}@{report.status.get('alias')}"
            return f"{report.url} follows {followed}; {SAME_SETTINGS}"
        if self.aspired_version in (None, report.serving_version):
            return None
        serves = report.serving_version or "nothing"
        hint = _note(report) or "ask again in a moment"
        return f"{report.url} serves {serves}, not version {self.aspired_version}; {hint}"


def _note(report: Report) -> str:
    """The one thing to know about a process that is not well."""
    failure = report.load_failure
    if failure is not None:
        return f"version {failure.get('version')} cannot be loaded: {failure.get('reason')}"
    return NO_REGISTRY if report.is_without_registry else ""
