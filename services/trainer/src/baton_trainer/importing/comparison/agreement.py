"""How far two models agree on the same rows. It does no I/O.

A probability may differ by 1e-5: the largest that this many bits of float32 lose in a sum over some
hundred trees. A value or score may differ by 1e-5 of the standard deviation of the original's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_registry.versions.output_schema import LABEL, PROBABILITIES
from baton_trainer.importing.comparison.answers import Answers, Floats

TOLERANCE = 1e-5
"""The largest difference at which ONNX counts as the same model, in units of the output."""

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Agreement:
    """The agreement of the ONNX form with the original.

    Attributes:
        differences: by output, shape `[rows, width]`: the absolute difference in units of the
            output (see `measure_units`); of labels 1 where they differ. 0 where a model rejects the
            row.
        only_original: shape `[rows]`, True where only the ONNX form rejects the row.
        only_onnx: shape `[rows]`, True where only the original rejects the row.
        neither: shape `[rows]`, True where both reject the row.
        file_rows: the number of rows from the file; the others are generated.
    """

    differences: Mapping[str, Floats]
    only_original: NDArray[np.bool_]
    only_onnx: NDArray[np.bool_]
    neither: NDArray[np.bool_]
    file_rows: int

    @property
    def rows(self) -> int:
        """The number of rows compared."""
        return len(self.neither)

    @property
    def flips(self) -> int:
        """The number of rows whose label differs."""
        return int(self.differences[LABEL].any(axis=1).sum()) if LABEL in self.differences else 0

    @property
    def max_difference(self) -> float:
        """The largest difference of a probability, value or score, in units of the output."""
        largest = (each.max() for name, each in self.differences.items() if name != LABEL)
        return float(max(largest, default=0.0))

    @property
    def excess(self) -> Floats:
        """Shape `[rows]`: above 1 where a row counts as different; the worst row has the most."""
        from_file = np.arange(self.rows) < self.file_rows
        worst = np.where(self.only_original | (self.only_onnx & from_file), np.inf, 0.0)
        for name, each in self.differences.items():
            share = np.where(each > 0, np.inf, 0.0) if name == LABEL else each / TOLERANCE
            worst = np.maximum(worst, share.max(axis=1, initial=0.0))
        return worst

    @property
    def different(self) -> Indices:
        """The rows that count as different, the worst first."""
        excess = self.excess
        order = np.argsort(-excess, kind="stable")
        return order[excess[order] > 1]

    @property
    def holds(self) -> bool:
        """Whether the two count as the same model."""
        return not len(self.different)


def measure_units(original: Answers, file_rows: int) -> dict[str, Floats]:
    """Measures the unit of each output's differences, shape `[width]`.

    It is 1 for probabilities, else the standard deviation of the original's answers for the rows of
    the file. Where all answers are equal, it is their size.
    """
    units = {}
    for name, values in original.outputs.items():
        width = values.shape[1]
        if name in (LABEL, PROBABILITIES):
            units[name] = np.ones(width)
            continue
        answered = values[:file_rows][~original.is_rejected[:file_rows]]
        deviation = answered.std(axis=0) if len(answered) else np.zeros(width)
        size = np.abs(answered).max(axis=0, initial=0.0) if len(answered) else np.ones(width)
        units[name] = np.where(deviation > 0, deviation, np.where(size > 0, size, 1.0))
    return units


def compare_answers(original: Answers, onnx: Answers, file_rows: int) -> Agreement:
    """Compares the answers of both models for the same rows.

    Args:
        original: the answers of the original model.
        onnx: the answers of the ONNX form.
        file_rows: the first rows are from the file, the others are generated.

    Raises:
        ValueError: they have different outputs.
    """
    if {n: v.shape for n, v in original.outputs.items()} != {
        n: v.shape for n, v in onnx.outputs.items()
    }:
        raise ValueError("the outputs of the ONNX form are not those of the model")
    units = measure_units(original, file_rows)
    both = ~original.is_rejected & ~onnx.is_rejected
    differences = {
        name: np.where(both[:, None], _subtract(values, onnx.outputs[name]) / units[name], 0.0)
        for name, values in original.outputs.items()
    }
    if LABEL in differences:
        differences[LABEL] = (differences[LABEL] > 0).astype(np.float64)
    return Agreement(
        differences,
        only_original=~original.is_rejected & onnx.is_rejected,
        only_onnx=original.is_rejected & ~onnx.is_rejected,
        neither=original.is_rejected & onnx.is_rejected,
        file_rows=file_rows,
    )


def _subtract(one: Floats, other: Floats) -> Floats:
    """The absolute difference; 0 for equal infinities."""
    with np.errstate(invalid="ignore"):
        difference = np.abs(one - other)
    return np.where(one == other, 0.0, difference)
