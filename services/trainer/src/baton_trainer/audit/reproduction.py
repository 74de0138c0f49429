"""A version's training, repeated: do metrics and ONNX outputs come out as they were?

Nothing is logged and nothing is registered: whoever may read a version may check it, as often as
they like, and no run of a check is ever taken for one that gave a version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table as RichTable

from baton_trainer.errors import NotComparable
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.models.export import MAX_ABS_DIFF
from baton_trainer.tables.table import Table
from baton_trainer.tracking import environment
from baton_trainer.tracking.run_record import Record

METRIC_TOLERANCE = 1e-6
"""Another machine's linear algebra rounds otherwise; the same machine gives the same digits."""


@dataclass(frozen=True)
class Outputs:
    """What the version says of the held-out rows, beside what the repeated training says.

    Attributes:
        rows: how many were scored.
        max_abs_diff: the largest difference of a probability.
        other_labels: rows whose label differs.
        obstacle: why the version cannot score them; empty where it can.
    """

    rows: int
    max_abs_diff: float = 0.0
    other_labels: int = 0
    obstacle: str = ""

    @property
    def difference(self) -> str:
        """What is wrong, in a clause; empty where they agree."""
        if self.obstacle:
            return f"the version cannot score the held-out rows: {self.obstacle}"
        if self.max_abs_diff <= MAX_ABS_DIFF and not self.other_labels:
            return ""
        return (
            f"ONNX outputs differ by {self.max_abs_diff:.1e} at most ({MAX_ABS_DIFF:.0e} is "
            f"allowed), with {self.other_labels} other labels in {self.rows} rows"
        )


@dataclass(frozen=True)
class Reproduction:
    """What came of it.

    Attributes:
        version: the version's number.
        metrics: name to what was recorded and what came out again.
        outputs: both models on the held-out rows.
    """

    version: str
    metrics: Mapping[str, tuple[float, float]]
    outputs: Outputs

    @property
    def differences(self) -> list[str]:
        """What does not agree, in a clause each; empty where all does."""
        found = [
            f"{name} was {recorded:.6g} and is {again:.6g}"
            for name, (recorded, again) in self.metrics.items()
            if not _agree(recorded, again)
        ]
        if not self.metrics:
            found.append("its run records no metric to compare")
        return [*found, *filter(None, [self.outputs.difference])]

    def to_json(self) -> dict[str, Any]:
        """The document of `baton reproduce --json`."""
        return {
            "version": self.version,
            "agrees": not self.differences,
            "differences": self.differences,
            "metrics": {
                name: {"recorded": recorded, "again": again}
                for name, (recorded, again) in self.metrics.items()
            },
            "outputs": vars(self.outputs),
        }

    def table(self) -> RichTable:
        """What was compared, a row each."""
        table = RichTable("", "recorded", "again", "", box=None, pad_edge=False)
        for name, (recorded, again) in self.metrics.items():
            table.add_row(name, f"{recorded:.6g}", f"{again:.6g}", _word(recorded, again))
        outputs = f"{self.outputs.max_abs_diff:.1e} apart at most, {self.outputs.rows} rows"
        is_exact = not self.outputs.difference and self.outputs.max_abs_diff == 0
        word = "the same" if is_exact else "within tolerance"
        table.add_row("ONNX outputs", "", outputs, "differs" if self.outputs.difference else word)
        return table


def _agree(recorded: float, again: float) -> bool:
    return bool(np.isclose(recorded, again, rtol=0, atol=METRIC_TOLERANCE, equal_nan=True))


def _word(recorded: float, again: float) -> str:
    if recorded == again:
        return "the same"
    return "within tolerance" if _agree(recorded, again) else "differs"


def compared(
    version: str, metrics: Mapping[str, float], known: ComparableModel, made: TrainedModel, table: Table
) -> Reproduction:
    """Compares a version with the training that was repeated.

    Args:
        version: the version's number.
        metrics: those that its run recorded.
        known: the version, loaded.
        made: what the repeated training gave.
        table: that both learned from.
    """
    both = {name: (metrics[name], again) for name, again in made.metrics.items() if name in metrics}
    return Reproduction(version, both, _outputs(known, made, table))


def _outputs(known: ComparableModel, made: TrainedModel, table: Table) -> Outputs:
    rows = table.features[table.held_out]
    again = ComparableModel("again", made.engine, known.signature, len(made.onnx))
    obstacle = known.obstacle(rows, table.classes) or again.obstacle(rows, table.classes)
    if obstacle:
        return Outputs(len(rows), obstacle=obstacle)
    try:
        then, now = (each.probabilities(rows, table.classes) for each in (known, again))
    except NotComparable as error:
        return Outputs(len(rows), obstacle=str(error))
    other = then.argmax(axis=1) != now.argmax(axis=1)
    return Outputs(len(rows), float(np.abs(then - now).max()), int(other.sum()))


def unlike(record: Record) -> Iterator[str]:
    """What is not here as it was when the record was made; a line each."""
    then_now = {
        "the code": (record.code, environment.code_version()),
        "Python": (record.python, environment.python_version()),
        "the platform": (record.platform, environment.platform_name()),
    }
    here = environment.requirements()
    for name in sorted({*record.requirements, *here}):
        then_now[name] = (
            record.requirements.get(name, "not installed"),
            here.get(name, "not installed"),
        )
    for what, (then, now) in then_now.items():
        if then != now:
            yield f"{what} was {then} and is {now}"
