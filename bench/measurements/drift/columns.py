"""Columns whose distribution is known: their rows in training and in a window of the log."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from baton_trainer.monitoring.drift.column_drift import ColumnDrift
from baton_trainer.monitoring.drift.counters import MISSING, OTHER, Cells
from baton_trainer.monitoring.profile import MAX_CATEGORIES, MAX_EDGES

Floats = NDArray[np.float64]
Change = Literal["none", "shift", "missing", "unseen"]


@dataclass(frozen=True)
class NumberSource:
    """Normal numbers, some of them missing, in bins between the quantiles of the training rows.

    Attributes:
        missing: the share of missing cells.
    """

    missing: float = 0.0

    def draw(
        self, rng: np.random.Generator, rows_before: int, rows: int, shift: float, missing: float
    ) -> Cells:
        """Draws both samples.

        Args:
            rng: the randomness.
            rows_before: the number of training rows.
            rows: the number of rows in the window.
            shift: by how many standard deviations the numbers of the window are greater.
            missing: the share of cells that are missing besides.
        """
        gone_before = rng.binomial(rows_before, self.missing)
        size = rows_before - gone_before
        before = np.diff(np.linspace(0, size, MAX_EDGES + 2).astype(int))
        # Where the quantiles of so many rows are: the edges are random, the counts are not.
        edges = np.cumsum(rng.dirichlet([*before[:-1], before[-1] + 1]))[:-1]
        below = norm.cdf(norm.ppf(edges) - shift)
        gone = rng.binomial(rows, 1 - (1 - self.missing) * (1 - missing))
        now = rng.multinomial(rows - gone, np.diff([0.0, *below, 1.0]))
        names = (*map(str, range(len(before))), MISSING)
        return Cells(names, np.append(before, gone_before), np.append(now, gone))


@dataclass(frozen=True)
class CategorySource:
    """Categories, of which the profile lists the most frequent ones.

    Attributes:
        shares: the share of each category.
    """

    shares: tuple[float, ...]

    def draw(
        self, rng: np.random.Generator, rows_before: int, rows: int, shift: float, unseen: float
    ) -> Cells:
        """Draws both samples.

        Args:
            rng: the randomness.
            rows_before: the number of training rows.
            rows: the number of rows in the window.
            shift: the share of rows that the first category takes from the others.
            unseen: the share of rows with a category that training does not have.
        """
        shares = np.array(self.shares)
        before = rng.multinomial(rows_before, shares)
        changed = shares * (1 - shift)
        changed[0] += shift
        now = rng.multinomial(rows, np.append(changed * (1 - unseen), unseen))
        listed = np.argsort(-before, kind="stable")[:MAX_CATEGORIES]
        listed = listed[before[listed] > 0]
        other_before = rows_before - before[listed].sum()
        other = rows - now[listed].sum()
        return Cells(
            (*map(str, listed), OTHER, MISSING),
            np.array([*before[listed], other_before, 0]),
            np.array([*now[listed], other, 0]),
        )


def _decrease(categories: int, power: float) -> tuple[float, ...]:
    shares = 1 / np.arange(1, categories + 1) ** power
    return tuple(shares / shares.sum())


Source = NumberSource | CategorySource

SOURCES: tuple[Source, ...] = (
    NumberSource(),
    CategorySource((0.5, 0.5)),
    CategorySource((0.55, 0.24, 0.21)),
    NumberSource(0.002),
    CategorySource((0.99, 0.01)),
    CategorySource(_decrease(12, 1.0)),
    NumberSource(0.2),
    CategorySource(_decrease(60, 1.0)),
    CategorySource(_decrease(400, 1.2)),
    CategorySource(_decrease(100, 0.0)),
)
"""The columns of a table, in turn: two in five have bins that are sparse in small windows."""


def draw_columns(
    rng: np.random.Generator, columns: int, rows_before: int, rows: int
) -> list[ColumnDrift]:
    """Draws independent columns that have not changed."""
    return [
        ColumnDrift(
            f"c{number}",
            "column",
            SOURCES[number % len(SOURCES)].draw(rng, rows_before, rows, 0.0, 0.0),
            rows_before,
        )
        for number in range(columns)
    ]
