"""How far two models agree on the same rows. It does no I/O.

A probability may differ by 1e-5: the largest that this many bits of float32 lose in a sum over some
hundred trees. A value or score may differ by 1e-5 of the standard deviation of the original's.
Where the original answers infinity, the ONNX form must, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_registry.versions.output_schema import LABEL, PROBABILITIES
from baton_trainer.importing.comparison.answers import Answers, Floats

TOLERANCE = 1e-5
"""The largest difference at which ONNX counts as the same model, in units of the output."""

_CONSTANT = 1e-12
"""Up to this standard deviation, relative to the size, answers count as constant."""

_OUTLYING = 100
"""A standard deviation above so many median absolute deviations is that of outliers. Of normal
answers it is 1.5, of lognormal ones (sigma 2) about 60."""

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
            share = np.where(np.isnan(share), np.inf, share)
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
    """Measures the unit of each answer's difference, shape `[rows, width]`.

    It is 1 for labels and probabilities, else the standard deviation of the original's finite
    answers for the rows of the file, or their size where they are constant. An outlier, which would
    make that deviation too large for the other rows, widens the unit only of answers of its size.
    """
    units = {}
    for name, values in original.outputs.items():
        if name in (LABEL, PROBABILITIES):
            units[name] = np.ones_like(values)
            continue
        columns = [_measure_column(column, file_rows) for column in values.T]
        units[name] = np.stack(columns, axis=1) if columns else np.ones_like(values)
    return units


def _measure_column(values: Floats, file_rows: int) -> Floats:
    """The unit of each value of one column, shape `[rows]`."""
    finite = values[:file_rows][np.isfinite(values[:file_rows])]
    size = float(np.abs(finite).max(initial=0.0)) or 1.0
    scaled = finite / size  # the square of a huge value would overflow
    deviation = float(scaled.std()) if len(scaled) else 0.0
    if deviation <= _CONSTANT:
        return np.full(len(values), size)
    median = np.median(scaled)
    typical = _OUTLYING * np.median(np.abs(scaled - median)) or np.abs(median) or deviation
    own = np.abs(np.where(np.isfinite(values), values, 0.0)) / size
    return np.asarray(np.minimum(deviation, np.maximum(typical, own)) * size)


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
        name: np.where(both[:, None], _subtract(values, onnx.outputs[name], units[name]), 0.0)
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


def _subtract(original: Floats, onnx: Floats, unit: Floats) -> Floats:
    """The absolute difference in units; 0 for equal infinities, infinite for unequal ones."""
    with np.errstate(invalid="ignore", over="ignore"):
        difference = np.abs(original - onnx) / unit
    difference = np.where(np.isfinite(original), difference, np.inf)
    return np.where(original == onnx, 0.0, difference)
