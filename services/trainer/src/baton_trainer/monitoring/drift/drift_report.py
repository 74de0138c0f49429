"""The report of one comparison: what the log shows of a version, against its training."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from baton_common.texts import shorten_to_line
from baton_common.utc import format_utc
from baton_registry.versions.monitoring_tags import MAX_NAME, DriftLevel, DriftTag, WorstColumn
from baton_trainer.monitoring.drift.column_drift import ColumnDrift
from baton_trainer.monitoring.drift.shift import SIGNIFICANCE
from baton_trainer.monitoring.drift.verdict import LARGE, MIN_ROWS, MODERATE

MIN_EXCESS = 0.001
"""Less than one cell of a thousand more than in training is not worth a line."""

_DIGITS = 4


@dataclass(frozen=True)
class DriftReport:
    """The drift of a version's columns and outputs.

    Attributes:
        model: the registered model.
        version: the version's number.
        at: when it was measured, in UTC.
        since: the time of the first row.
        rows: the number of rows in the log.
        sampling: the least and the greatest share of rows that were logged; None without rows.
        reference: what the rows are compared with, in a few words.
        rows_before: the number of its rows.
        columns: the columns and outputs in the log, the worst first.
        not_logged: the names of those that rows of the log do not have, without private ones.
        private: the names of private columns, also those that are not in the log.
    """

    model: str
    version: str
    at: datetime
    since: datetime
    rows: int
    sampling: tuple[float, float] | None
    reference: str
    rows_before: int
    columns: tuple[ColumnDrift, ...]
    not_logged: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    @property
    def tested(self) -> list[ColumnDrift]:
        """Those that have a verdict, the worst first."""
        return [column for column in self.columns if column.level is not None]

    @property
    def drifted(self) -> list[ColumnDrift]:
        """Those that have drifted, the worst first."""
        return [column for column in self.columns if column.has_drifted]

    @property
    def suspicious(self) -> list[ColumnDrift]:
        """Those with more missing, unseen or out-of-range cells than in training, worst first."""
        found = [column for column in self.columns if column.excess >= MIN_EXCESS]
        return sorted(found, key=lambda column: -column.excess)

    @property
    def message(self) -> str:
        """The result in one sentence."""
        tested, drifted = self.tested, self.drifted
        if not tested and self.rows < MIN_ROWS:
            return f"Too few rows: {self.rows:,} in the log; a verdict needs {MIN_ROWS}"
        if not tested:
            return "No column of the log can be compared"
        if not drifted:
            return f"None of {len(tested):,} columns and outputs has drifted"
        verb = "has" if len(drifted) == 1 else "have"
        return f"{len(drifted):,} of {len(tested):,} columns and outputs {verb} drifted"

    def leave_out_examples(self) -> Self:
        """Returns the report without texts of callers: those that training did not have."""
        columns = (
            replace(column, cells=replace(column.cells, examples=())) for column in self.columns
        )
        return replace(self, columns=tuple(columns))

    def to_tag(self) -> DriftTag:
        """Converts the report to the value of the model's tag."""
        worst = None
        if self.drifted:
            first = self.drifted[0]
            level: DriftLevel = "large" if first.level == "large" else "moderate"
            psi = round(first.shift.psi, _DIGITS) if first.shift else 0.0
            name = shorten_to_line(first.name, MAX_NAME)
            worst = WorstColumn(column=name, psi=psi, level=level)
        return DriftTag(
            at=format_utc(self.at),
            version=self.version,
            rows=self.rows,
            drifted=len(self.drifted),
            columns=len(self.tested),
            worst=worst,
            message=self.message,
        )

    def to_json(self) -> dict[str, Any]:
        """The document of `baton drift --json`: docs/monitoring.md describes it."""
        return {
            "model_name": self.model,
            "version": self.version,
            "at": format_utc(self.at),
            "since": format_utc(self.since),
            "rows": self.rows,
            "sampling": None if self.sampling is None else [*self.sampling],
            "reference": {"source": self.reference, "rows": self.rows_before},
            "limits": {
                "rows": MIN_ROWS,
                "level": SIGNIFICANCE,
                "psi_moderate": MODERATE,
                "psi_large": LARGE,
            },
            "message": self.message,
            "drifted": [column.name for column in self.drifted],
            "tested": len(self.tested),
            "not_logged": [*self.not_logged],
            "private": [*self.private],
            "columns": [column.to_json() for column in self.columns],
        }
