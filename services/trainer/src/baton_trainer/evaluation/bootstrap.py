"""The stratified bootstrap: draws rows with replacement within each stratum.

No draw lacks a stratum: Robin et al. 2011, doi:10.1186/1471-2105-12-77. A large table is sampled,
and the spread scaled by the root of the share: Bickel, Götze, van Zwet 1997, Statistica Sinica 7,
1-31.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation.outcome import Floats

RESAMPLES = 500
MAX_ROWS = 10_000
"""Of more rows, a sample of this size is used, with the same share of each stratum."""

_AT_ONCE = 50  # resamples: their counts of 10,000 rows are 4 MB


def sample_rows(strata: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Samples about `MAX_ROWS` rows at most."""
    share = min(1.0, MAX_ROWS / len(strata))
    drawn = [
        rng.permutation(rows)[: int(np.ceil(share * len(rows)))] for rows in _list_strata(strata)
    ]
    return np.sort(np.concatenate(drawn))


def _list_strata(strata: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [np.flatnonzero(strata == each) for each in np.unique(strata)]


def draw_counts(strata: NDArray[np.intp], rng: np.random.Generator) -> Iterator[Floats]:
    """Yields how often each row is drawn, `[_AT_ONCE, rows]` each; strata keep their sizes."""
    parts = _list_strata(strata)
    for _ in range(RESAMPLES // _AT_ONCE):
        counts = np.empty((_AT_ONCE, len(strata)))
        for rows in parts:
            first_cell = np.arange(_AT_ONCE)[:, None] * len(rows)
            drawn = rng.integers(len(rows), size=(_AT_ONCE, len(rows))) + first_cell
            counts[:, rows] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        yield counts
