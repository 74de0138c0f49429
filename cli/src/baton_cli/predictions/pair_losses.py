"""The losses of a row that two versions scored: what a label says about them, once it comes.

The loss of a row is its Brier score, halved for more than two classes; of a regression the squared
error, divided by the square of the scale that the gate recorded.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from arro3.core import DataType, RecordBatch

from baton_common.prediction_log import OTHER, OTHER_VERSION, REQUEST_ID, ROW, TIME
from baton_registry.versions.output_schema import LABEL, VALUE

_PROBABILITY = "probability_"
_TWO = 2

Identity = tuple[str, int]
"""A request id, and the number of a row."""


class ScoredPair(NamedTuple):
    """A row that two versions scored.

    Attributes:
        identity: the row.
        time_us: when it was answered, in microseconds since 1970.
        answered: the outputs of the version that answered: probabilities, or one value.
        other: those of the other version.
        classes: the classes in the order of the probabilities; empty for a regression.
    """

    identity: Identity
    time_us: int
    answered: Sequence[float]
    other: Sequence[float]
    classes: tuple[str, ...]

    def compute_difference(self, label: str, scale: float | None) -> float | None:
        """Computes the loss of the version that answered minus that of the other one.

        Args:
            label: what was true.
            scale: that of a regression's value; None: unknown.

        Returns:
            the difference in [-1, 1]; None if the label does not fit, or there is no scale.
        """
        if self.classes:
            if label not in self.classes:
                return None
            true = self.classes.index(label)
            greatest = 2.0
            return (_sum_squares(self.answered, true) - _sum_squares(self.other, true)) / greatest
        truth = _parse_number(label)
        if truth is None or not scale:
            return None
        squares = [(each[0] - truth) ** 2 for each in (self.answered, self.other)]
        return min(max((squares[0] - squares[1]) / scale**2, -1.0), 1.0)


def read_pairs(batch: RecordBatch, other_version: str) -> list[ScoredPair]:
    """Reads the rows of a batch that this other version scored as well."""
    return [*_iter_pairs(batch, other_version)]


def _iter_pairs(batch: RecordBatch, other_version: str) -> Iterator[ScoredPair]:
    names = batch.schema.names
    classes, outputs = _find_outputs(names)
    others = [OTHER + name for name in outputs]
    if not outputs or not {*others, OTHER_VERSION} <= {*names}:
        return
    times = batch.column(TIME).cast(DataType.timestamp("us", tz="UTC")).cast(DataType.int64())
    columns: Mapping[str, Any] = {
        name: batch.column(name).to_pylist()
        for name in (REQUEST_ID, ROW, OTHER_VERSION, *outputs, *others)
    }
    stamps: Any = times.to_pylist()
    for number, version in enumerate(columns[OTHER_VERSION]):
        own, other = ([columns[name][number] for name in each] for each in (outputs, others))
        if version != other_version or None in own or None in other:
            continue
        identity = (columns[REQUEST_ID][number], columns[ROW][number])
        yield ScoredPair(identity, stamps[number], own, other, classes)


def _find_outputs(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Finds the classes and their columns, or the one column of a regression."""
    columns = [name for name in names if name.startswith(_PROBABILITY)]
    if LABEL in names and len(columns) >= _TWO:
        return tuple(name.removeprefix(_PROBABILITY) for name in columns), columns
    return (), [VALUE] if VALUE in names else []


def _sum_squares(probabilities: Sequence[float], true: int) -> float:
    """Sums the squared errors of all classes: with two classes twice the Brier score."""
    return sum((each - (index == true)) ** 2 for index, each in enumerate(probabilities))


def _parse_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
