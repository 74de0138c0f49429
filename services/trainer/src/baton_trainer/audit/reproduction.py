"""The result of a repeated training: whether metrics and ONNX outputs are the same.

A reproduction logs nothing and registers nothing. Every reader of a version can check it, and its
run cannot be mistaken for a run that registered a version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table as RichTable

from baton_trainer.errors import NotComparable
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.trained_model import TrainedModel
from baton_trainer.models.parity import MAX_ABS_DIFF, compare_answers
from baton_trainer.tables.table import Table
from baton_trainer.tracking import environment
from baton_trainer.tracking.run_record import RunRecord

METRIC_TOLERANCE = 1e-6
"""The linear algebra of another machine rounds differently; the same machine gives equal digits."""


@dataclass(frozen=True)
class Outputs:
    """The version's outputs on the held-out rows, compared with those of the repeated training.

    Attributes:
        rows: the number of rows.
        max_abs_diff: as in `Parity`.
        other_labels: the number of rows whose label differs; None for a regression.
        obstacle: why the version cannot score the rows; empty if it can.
    """

    rows: int
    max_abs_diff: float = 0.0
    other_labels: int | None = 0
    obstacle: str = ""

    @property
    def difference(self) -> str:
        """A clause that says what differs; empty if nothing does."""
        if self.obstacle:
            return f"the version cannot score the held-out rows: {self.obstacle}"
        if self.max_abs_diff <= MAX_ABS_DIFF and not self.other_labels:
            return ""
        subject = f"ONNX outputs differ by up to {self.max_abs_diff:.1e}"
        if self.other_labels is None:
            return f"{subject} standard deviations of the target ({MAX_ABS_DIFF:.0e} is allowed)"
        return (
            f"{subject} in probability "
            f"({MAX_ABS_DIFF:.0e} is allowed) and in {self.other_labels} of {self.rows} labels"
        )


@dataclass(frozen=True)
class Reproduction:
    """A version and its repeated training.

    Attributes:
        version: the version's number.
        metrics: by name, the recorded and the repeated value.
        outputs: both models' outputs on the held-out rows.
    """

    version: str
    metrics: Mapping[str, tuple[float, float]]
    outputs: Outputs

    @property
    def differences(self) -> list[str]:
        """A clause for each difference; empty if there is none."""
        differences = [
            f"{name} was {recorded:.6g} and is {again:.6g}"
            for name, (recorded, again) in self.metrics.items()
            if not _agree(recorded, again)
        ]
        if not self.metrics:
            differences.append("its run has no metric to compare")
        return [*differences, *filter(None, [self.outputs.difference])]

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

    def to_table(self) -> RichTable:
        """A row for each metric, and one for the ONNX outputs."""
        table = RichTable("metric", "recorded", "repeated", "result", box=None, pad_edge=False)
        for name, (recorded, again) in self.metrics.items():
            row = (name, f"{recorded:.6g}", f"{again:.6g}")
            table.add_row(*row, _describe_agreement(recorded, again))
        outputs = f"difference {self.outputs.max_abs_diff:.1e} in {self.outputs.rows} rows"
        is_exact = not self.outputs.difference and self.outputs.max_abs_diff == 0
        word = "the same" if is_exact else "within tolerance"
        table.add_row("ONNX outputs", "", outputs, "differs" if self.outputs.difference else word)
        return table


def _agree(recorded: float, again: float) -> bool:
    unit = max(1.0, abs(recorded))  # metrics of a regression have the unit of its target
    return bool(np.isclose(recorded, again, rtol=0, atol=METRIC_TOLERANCE * unit, equal_nan=True))


def _describe_agreement(recorded: float, again: float) -> str:
    if recorded == again:
        return "the same"
    return "within tolerance" if _agree(recorded, again) else "differs"


def compare_results(
    version: str,
    metrics: Mapping[str, float],
    model: ComparableModel,
    again: TrainedModel,
    table: Table,
) -> Reproduction:
    """Compares a version with its repeated training.

    Args:
        version: the version's number.
        metrics: the metrics of the version's run.
        model: the version, loaded.
        again: the result of the repeated training.
        table: the training data of both.
    """
    pairs = {name: (metrics[name], new) for name, new in again.metrics.items() if name in metrics}
    return Reproduction(version, pairs, _compare_outputs(model, again, table))


def _compare_outputs(model: ComparableModel, again: TrainedModel, table: Table) -> Outputs:
    rows = table.features[table.held_out]
    repeated = ComparableModel("the repeated training", again.engine, model.schema, len(again.onnx))
    schema, models = table.output_schema, (model, repeated)
    obstacles = (each.find_obstacle(rows, schema) for each in models)
    if obstacle := next(filter(None, obstacles), ""):
        return Outputs(len(rows), obstacle=obstacle)
    try:
        before, now = (each.predict(rows, schema) for each in models)
    except NotComparable as error:
        return Outputs(len(rows), obstacle=str(error))
    parity = compare_answers(before, now, table.deviation)
    return Outputs(len(rows), parity.max_abs_diff, parity.flips)


def describe_changes(record: RunRecord) -> Iterator[str]:
    """Describes each difference between the record's environment and this one, a line each."""
    values = {
        "the code": (record.code, environment.describe_code()),
        "Python": (record.python, environment.describe_python()),
        "the platform": (record.platform, environment.describe_platform()),
    }
    installed = environment.list_requirements()
    for name in sorted({*record.requirements, *installed}):
        values[name] = (
            record.requirements.get(name, "not installed"),
            installed.get(name, "not installed"),
        )
    for name, (before, now) in values.items():
        if before != now:
            yield f"{name} changed from {before} to {now} since the training"
