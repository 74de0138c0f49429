"""What the gate says: its questions, with what was found, and the text of the tag."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from baton_registry.promotion.guard import GATE_PASSED

_SHOWN = {True: ("passed", "green"), False: ("failed", "bold red"), None: ("not checked", "yellow")}


@dataclass(frozen=True)
class Check:
    """One question of the gate, with what was found; texts for people.

    Attributes:
        name: of the question.
        passed: its answer; None where it could not be asked.
        challenger: the challenger's figure.
        production: production's; empty where it has none.
        allowed: what would have passed.
        why: a clause that says what is wrong, meaningful only if the check did not pass.
    """

    name: str
    passed: bool | None
    challenger: str = ""
    production: str = ""
    allowed: str = ""
    why: str = ""

    @property
    def reason(self) -> str:
        """Why it did not pass; empty where it did."""
        return "" if self.passed else self.why


@dataclass(frozen=True)
class Verdict:
    """What the gate says.

    Attributes:
        checks: in the order in which they are shown.
        production: the number of the version in production; None where there is none.
        figures: what was measured, by name.
    """

    checks: tuple[Check, ...]
    production: str | None
    figures: Mapping[str, float]

    @property
    def text(self) -> str:
        """The text of the gate's tag: `passed`, or `failed: why`."""
        reasons = [each.why for each in self.checks if each.passed is False]
        return f"failed: {'; '.join(reasons)}" if reasons else GATE_PASSED

    def to_json(self) -> dict[str, Any]:
        """The document `gate.json` of a run."""
        return {
            "verdict": self.text,
            "production": self.production,
            "figures": dict(self.figures),
            "checks": [asdict(each) | {"why": each.reason} for each in self.checks],
        }

    def table(self) -> Table:
        """The checks, a row each."""
        table = Table(title="Gate", title_justify="left")
        for heading in ("check", "production", "challenger", "allowed", "verdict"):
            table.add_column(heading)
        for each in self.checks:
            figures = (each.production, each.challenger, each.allowed)
            word, style = _SHOWN[each.passed]
            answer = f"{word}: {each.why}" if each.passed is None else word
            table.add_row(each.name, *(figure or "-" for figure in figures), Text(answer, style))
        return table
