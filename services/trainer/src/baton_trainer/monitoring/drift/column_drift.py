"""The drift of one column, or of one output."""

from dataclasses import dataclass
from typing import Any, Literal

from baton_trainer.monitoring.drift.counters import Cells
from baton_trainer.monitoring.drift.shift import Shift

Kind = Literal["column", "output"]
Level = Literal["none", "moderate", "large"]


@dataclass(frozen=True)
class ColumnDrift:
    """What the log shows of one column of the model, or of one of its outputs.

    Attributes:
        name: the column's name in the schema, or the output's in `baton score`.
        kind: which of the two it is.
        cells: the counts before and now.
        rows_before: the number of rows of the reference.
        is_private: whether only missing cells are counted.
        shift: the difference; None if it was not tested: few rows, or a private column.
        level: how much it has drifted; None if it was not tested.
        adjusted: the p-value, adjusted for the number of tests; None as above.
    """

    name: str
    kind: Kind
    cells: Cells
    rows_before: int
    is_private: bool = False
    shift: Shift | None = None
    level: Level | None = None
    adjusted: float | None = None

    @property
    def rows(self) -> int:
        """The number of rows in the log that have the column."""
        return self.cells.rows

    @property
    def has_drifted(self) -> bool:
        """Whether it has drifted."""
        return self.level in ("moderate", "large")

    @property
    def missing(self) -> float:
        """The share of missing cells in the log."""
        return _divide(int(self.cells.now[-1]), self.rows)

    @property
    def missing_before(self) -> float:
        """The same in training."""
        return _divide(int(self.cells.before[-1]), self.rows_before)

    @property
    def unseen(self) -> float | None:
        """The share of cells in the log with an unlisted category; None for numbers."""
        return None if self.cells.unseen is None else _divide(self.cells.unseen, self.rows)

    @property
    def unseen_before(self) -> float:
        """The same in training: 0 unless it has more categories than the profile lists."""
        return _divide(self.cells.unseen_before, self.rows_before)

    @property
    def outside(self) -> float | None:
        """The share of cells in the log that are out of the range of training."""
        return None if self.cells.outside is None else _divide(self.cells.outside, self.rows)

    @property
    def excess(self) -> float:
        """By how much the worst of these shares is above the one in training; at least 0."""
        return max(
            self.missing - self.missing_before,
            (self.unseen or 0.0) - self.unseen_before,
            self.outside or 0.0,
            0.0,
        )

    @property
    def largest_change(self) -> tuple[str, float, float] | None:
        """The bin whose share has changed most: its name, and its shares before and now."""
        if self.shift is None:
            return None
        before = self.cells.before / self.cells.before.sum()
        now = self.cells.now / self.cells.now.sum()
        place = int(abs(now - before).argmax())
        return self.cells.names[place], float(before[place]), float(now[place])

    def to_json(self) -> dict[str, Any]:
        """Converts it to a part of `baton drift --json`."""
        cells, shift = self.cells, self.shift
        return {
            "name": self.name,
            "kind": self.kind,
            "private": self.is_private,
            "rows": self.rows,
            "missing": {"training": self.missing_before, "now": self.missing},
            "unseen": None
            if self.unseen is None
            else {
                "training": self.unseen_before,
                "now": self.unseen,
                "examples": [*cells.examples],
            },
            "out_of_range": None
            if self.outside is None
            else {"now": self.outside, "low": cells.low, "high": cells.high},
            "psi": shift and shift.psi,
            "js_distance": shift and shift.distance,
            "p_value": shift and shift.p_value,
            "p_adjusted": self.adjusted,
            "level": self.level,
            "bins": []
            if self.is_private
            else [
                {"name": name, "training": before, "now": now}
                for name, before, now in zip(
                    cells.names, cells.before.tolist(), cells.now.tolist(), strict=True
                )
            ],
        }


def _divide(count: int, rows: int) -> float:
    return count / rows if rows else 0.0
