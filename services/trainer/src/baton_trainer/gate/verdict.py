"""The gate's verdict: its checks with their figures, and the text of the tag."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from baton_registry.versions.manifest import Figures
from baton_registry.versions.model_version import GATE_PASSED

_WORDS = {True: ("passed", "green"), False: ("failed", "bold red"), None: ("skipped", "yellow")}


@dataclass(frozen=True)
class Check:
    """One check of the gate; the figures are texts for people.

    Attributes:
        name: the check's name.
        passed: None if the check was skipped.
        challenger: the challenger's figure.
        production: production's figure; empty if it has none.
        allowed: the limit for the challenger.
        why: a clause that says what is wrong; meaningful only if the check did not pass.
    """

    name: str
    passed: bool | None
    challenger: str = ""
    production: str = ""
    allowed: str = ""
    why: str = ""

    @property
    def reason(self) -> str:
        """Why it did not pass; empty if it did."""
        return "" if self.passed else self.why


@dataclass(frozen=True)
class Verdict:
    """The result of all checks.

    Attributes:
        checks: in the order of the table.
        production: the number of the version in production; None if there is none.
        figures: the figures of the comparison, by name: metrics of the run.
        change_figures: how far the challenger's answers differ from production's, by name.
    """

    checks: tuple[Check, ...]
    production: str | None
    figures: Mapping[str, float]
    change_figures: Figures = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text of the gate's tag: `passed`, or `failed: why`."""
        reasons = [check.why for check in self.checks if check.passed is False]
        return f"failed: {'; '.join(reasons)}" if reasons else GATE_PASSED

    @property
    def recorded_figures(self) -> Figures:
        """The figures that the version's manifest records."""
        return {**self.figures, **self.change_figures}

    def to_json(self) -> dict[str, Any]:
        """The document `gate.json` of a run."""
        return {
            "verdict": self.text,
            "production": self.production,
            "figures": dict(self.recorded_figures),
            "checks": [asdict(check) | {"why": check.reason} for check in self.checks],
        }

    def to_table(self) -> Table:
        """A row for each check."""
        table = Table(title="Gate", title_justify="left")
        for heading in ("check", "production", "challenger", "allowed", "verdict"):
            table.add_column(heading)
        for check in self.checks:
            figures = (check.production, check.challenger, check.allowed)
            word, style = _WORDS[check.passed]
            verdict = f"{word}: {check.why}" if check.passed is None else word
            table.add_row(check.name, *(figure or "-" for figure in figures), Text(verdict, style))
        return table
