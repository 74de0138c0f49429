"""Counts the logged cells of a column in the bins of its profile, file by file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from baton_common.prediction_log import MAX_TEXT
from baton_trainer.evaluation.outcome import format_amount
from baton_trainer.monitoring.profile import ColumnProfile, OutputProfile, count_bins

MISSING, OTHER = "missing", "other"
"""The names of the last bins: cells without a value, and categories that the profile does not list.

A category may have the same name. The place of a bin decides."""
MAX_EXAMPLES = 3

_MAX_UNSEEN = 10_000

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """The cells of one column in the same bins, before and now.

    Attributes:
        names: the names of the bins, shape `[bins]`; the last one is `MISSING`.
        before: the rows of the training in each bin, shape `[bins]`.
        now: the rows of the log.
        unseen: cells with a category that the profile does not list; None for numbers.
        unseen_before: the same in training, where it lists the most frequent ones only.
        examples: the most frequent ones of them in the log.
        outside: numbers below the least or above the greatest one in training; None for categories,
            and if the profile does not say.
        low: the least number in the log; None without one.
        high: the greatest one.
    """

    names: tuple[str, ...]
    before: Counts
    now: Counts
    unseen: int | None = None
    unseen_before: int = 0
    examples: tuple[str, ...] = ()
    outside: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def rows(self) -> int:
        """The number of cells in the log."""
        return int(self.now.sum())


class CellCounter(Protocol):
    """Counts cells."""

    def add(self, cells: pa.ChunkedArray) -> None:
        """Counts the cells of one file."""
        ...

    def count(self) -> Cells:
        """Returns all counts."""
        ...


def create_counter(profile: ColumnProfile | OutputProfile) -> CellCounter:
    """Creates the counter of a column or of an output."""
    if isinstance(profile, OutputProfile):
        if profile.categories is not None:
            return _CategoryCounter(profile.categories, 0, 0)
        return _NumberCounter(profile.edges or (), profile.counts or (), (None, None), 0)
    if profile.private:
        return _MissingCounter(profile.missing)
    if profile.categories is not None:
        return _CategoryCounter(_cut(profile.categories), profile.other or 0, profile.missing)
    bounds = profile.min, profile.max
    return _NumberCounter(profile.edges or (), profile.counts or (), bounds, profile.missing)


def _cut(categories: Mapping[str, int]) -> dict[str, int]:
    """Cuts categories as the log does; those that are then equal are one."""
    counts: Counter[str] = Counter()
    for text, count in categories.items():
        counts[text[:MAX_TEXT]] += count
    return dict(counts)


class _MissingCounter:
    """Counts only missing cells: a private column has no profile of its values."""

    def __init__(self, missing: int) -> None:
        self._before = missing
        self._now = np.zeros(2, np.int64)

    def add(self, cells: pa.ChunkedArray) -> None:
        missing = _count_missing(cells)
        self._now += (len(cells) - missing, missing)

    def count(self) -> Cells:
        return Cells(("present", MISSING), np.array([0, self._before]), self._now)


class _NumberCounter:
    """Counts numbers between the edges, and those outside of the range."""

    def __init__(
        self,
        edges: Sequence[float],
        before: Sequence[int],
        bounds: tuple[float | None, float | None],
        missing: int,
    ) -> None:
        self._edges = edges
        self._before = np.array([*before, missing], np.int64)
        self._bounds = bounds
        self._now = np.zeros(len(edges) + 2, np.int64)
        self._outside = 0
        self._reach: tuple[float, float] | None = None

    def add(self, cells: pa.ChunkedArray) -> None:
        numbers = _to_floats(cells)
        present = numbers[~np.isnan(numbers)]
        self._now[-1] += len(numbers) - len(present)
        self._now[:-1] += count_bins(self._edges, present)
        if None not in self._bounds:
            least, greatest = _round_as(cells.type, self._bounds)
            self._outside += int(((present < least) | (present > greatest)).sum())
        finite = present[np.isfinite(present)]  # JSON has no other
        if len(finite):
            low, high = self._reach or (np.inf, -np.inf)
            self._reach = min(low, float(finite.min())), max(high, float(finite.max()))

    def count(self) -> Cells:
        low, high = self._reach or (None, None)
        outside = None if None in self._bounds else self._outside
        names = (*name_intervals(self._edges), MISSING)
        return Cells(names, self._before, self._now, outside=outside, low=low, high=high)


class _CategoryCounter:
    """Counts texts by category."""

    def __init__(self, categories: Mapping[str, int], other: int, missing: int) -> None:
        self._categories = categories
        self._before = np.array([*categories.values(), other, missing], np.int64)
        self._other = other
        self._listed: Counter[str] = Counter()
        self._unseen: Counter[str] = Counter()
        self._unseen_rows = 0
        self._missing = 0

    def add(self, cells: pa.ChunkedArray) -> None:
        for text, count in _count_texts(cells):
            if text is None:
                self._missing += count
            elif text in self._categories:
                self._listed[text] += count
            else:
                self._unseen_rows += count
                if text in self._unseen or len(self._unseen) < _MAX_UNSEEN:
                    self._unseen[text] += count

    def count(self) -> Cells:
        listed = [self._listed[category] for category in self._categories]
        return Cells(
            (*self._categories, OTHER, MISSING),
            self._before,
            np.array([*listed, self._unseen_rows, self._missing], np.int64),
            unseen=self._unseen_rows,
            unseen_before=self._other,
            examples=tuple(text for text, _ in self._unseen.most_common(MAX_EXAMPLES)),
        )


def name_intervals(edges: Sequence[float]) -> list[str]:
    """Names the intervals between the edges: `below 3`, `3 to 7`, `from 7`."""
    if not edges:
        return ["all"]
    texts = [*map(format_amount, edges)]
    inner = [f"{one} to {two}" for one, two in pairwise(texts)]
    return [f"below {texts[0]}", *inner, f"from {texts[-1]}"]


def _count_missing(cells: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.is_null(cells, nan_is_null=True)).as_py() or 0)


def _to_floats(cells: pa.ChunkedArray) -> Floats:
    """Returns numbers, NaN for missing cells."""
    numbers: Floats = cells.cast(pa.float64(), safe=False).to_numpy()
    return numbers


def _round_as(kind: pa.DataType, values: Sequence[float | None]) -> Floats:
    """Rounds bounds to the type of the cells, so that equal numbers stay equal."""
    return np.array(values, np.float32 if pa.types.is_float32(kind) else np.float64).astype(
        np.float64
    )


def _count_texts(cells: pa.ChunkedArray) -> list[tuple[str | None, int]]:
    """Counts the texts as the profile has them, where booleans are `False` and `True`."""
    counted = cells.value_counts()
    values = counted.field(0).to_pylist()
    counts = counted.field(1).to_pylist()
    return [
        (value if value is None else str(value), n) for value, n in zip(values, counts, strict=True)
    ]
