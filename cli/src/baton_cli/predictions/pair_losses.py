"""The losses of a row that two versions scored: what a label says about them, once it comes.

The loss of a row is its Brier score, halved for more than two classes; of a regression the squared
error, divided by the square of the scale that the gate recorded: the standard deviation of
production's predictions. (`baton quality` scales a regression by production's errors in training,
which only its run knows.)

Any program may have written a file of the log. Only rows with finite numbers are read, so that
nothing raises that computes with them.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite, isnan
from typing import Any, NamedTuple

from arro3.core import DataType, RecordBatch

from baton_common.label_texts import find_class, parse_number
from baton_common.prediction_log import OTHER, OTHER_VERSION, REQUEST_ID, ROW, TIME
from baton_registry.versions.output_schema import LABEL, VALUE

_PROBABILITY = "probability_"

Identity = tuple[str, int]
"""A request id, and the number of a row."""


class ScoredPair(NamedTuple):
    """A row that two versions scored. Thousands wait for a label, so it is small.

    Attributes:
        identity: the row.
        numbers: of a classifier the difference of the losses for each class, if that is the true
            one; of a regression the values of the version that answered and of the other one.
        classes: the classes in the order of the numbers; empty for a regression.
        are_texts: whether the classes are texts, not numbers or booleans.
    """

    identity: Identity
    numbers: Sequence[float]
    classes: tuple[str, ...]
    are_texts: bool

    def compute_difference(self, label: str, scale: float | None) -> float | None:
        """Computes the loss of the version that answered minus that of the other one.

        Args:
            label: what was true.
            scale: that of a regression's value; None: unknown.

        Returns:
            the difference in [-1, 1]; None if the label does not fit, there is no scale, or both
            losses are infinite.
        """
        if self.classes:
            true = find_class(label, self.classes, are_texts=self.are_texts)
            return None if true is None else _clip(self.numbers[true])
        truth = parse_number(label)
        if truth is None or not scale:
            return None
        first, second = ((each - truth) / scale for each in self.numbers)
        return _clip(first * first - second * second)


class LoggedRows(NamedTuple):
    """Rows of the log.

    Attributes:
        pairs: those that both versions scored, in the time of the rollout.
        others: all others. A label may be about one of them instead, if it has the name of a pair.
    """

    pairs: Sequence[ScoredPair]
    others: Sequence[Identity]


def read_rows(batch: RecordBatch, other_version: str, since_us: float) -> LoggedRows:
    """Reads the rows of a batch; those without a name are left out.

    Args:
        batch: rows of the log.
        other_version: the version that did not answer; pairs are the rows that it scored as well.
        since_us: the time of the first pair, in microseconds since 1970.
    """
    request_ids = batch.column(REQUEST_ID).cast(DataType.string()).to_pylist()
    rows = batch.column(ROW).cast(DataType.int64()).to_pylist()
    identities: list[Any] = [*zip(request_ids, rows, strict=True)]
    pairs = dict(_iter_pairs(batch, identities, other_version, since_us))
    others = [
        each for number, each in enumerate(identities) if number not in pairs and None not in each
    ]
    return LoggedRows([*pairs.values()], others)


def _iter_pairs(
    batch: RecordBatch, identities: Sequence[Any], other_version: str, since_us: float
) -> Iterator[tuple[int, ScoredPair]]:
    """Yields the pairs of a batch, and the number of the row of each."""
    names = batch.schema.names
    classes, outputs = _find_outputs(names)
    others = [OTHER + name for name in outputs]
    if not outputs or not {*others, OTHER_VERSION} <= {*names}:
        return
    times = batch.column(TIME).cast(DataType.timestamp("us", tz="UTC"))
    times_us: Any = times.cast(DataType.int64()).to_pylist()
    columns = {name: _read_floats(batch, name) for name in (*outputs, *others)}
    are_texts = bool(classes) and _has_text(batch.column(LABEL).to_pylist())
    for number, version in enumerate(batch.column(OTHER_VERSION).to_pylist()):
        time_us, identity = times_us[number], identities[number]
        if version != other_version or None in (time_us, *identity) or time_us < since_us:
            continue
        own, other = ([columns[name][number] for name in each] for each in (outputs, others))
        if _are_finite(own + other):
            numbers = _subtract_losses(own, other) if classes else own + other
            yield number, ScoredPair(identity, array("d", numbers), classes, are_texts)


def _read_floats(batch: RecordBatch, name: str) -> Any:
    return batch.column(name).cast(DataType.float64()).to_pylist()


def _has_text(labels: Iterable[object]) -> bool:
    return any(isinstance(each, str) for each in labels)


def _are_finite(values: Sequence[float | None]) -> bool:
    return all(each is not None and isfinite(each) for each in values)


def _find_outputs(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Finds the classes and their columns, or the one column of a regression."""
    columns = [name for name in names if name.startswith(_PROBABILITY)]
    if LABEL in names and len(columns) > 1:
        return tuple(name.removeprefix(_PROBABILITY) for name in columns), columns
    return (), [VALUE] if VALUE in names else []


def _subtract_losses(own: Sequence[float], other: Sequence[float]) -> Iterator[float]:
    """Yields the difference of half the Brier scores for each class, if that is the true one.

    The Brier score of `p` is the sum of `p * p`, minus twice the probability of the true class,
    plus 1. (`p ** 2` would raise if the square is too large.)
    """
    squares = sum(each * each for each in own) - sum(each * each for each in other)
    for first, second in zip(own, other, strict=True):
        yield squares / 2 - (first - second)


def _clip(difference: float) -> float | None:
    return None if isnan(difference) else min(max(difference, -1.0), 1.0)
