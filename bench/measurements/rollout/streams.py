"""Streams of pairs of a signal, and the first abort of many simulated rollouts."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from baton_rollout.judgement import ABORT_ODDS, LEAST_PAIRS
from bench.measurements.rollout.wealth import (
    NEVER,
    Floats,
    Ints,
    build_log_factors,
    compute_log_mean,
    find_abort_counts,
)

_CELLS = 8_000_000  # of one array: memory stays below half a gigabyte


@dataclass(frozen=True)
class Scale:
    """How much is simulated.

    Attributes:
        rollouts: the number of rollouts.
        pairs: the length of each.
        odds: the evidence to reach; each is one column of the result.
        pairs_a_look: the evidence is computed after every so many pairs.
    """

    rollouts: int
    pairs: int
    odds: tuple[float, ...] = (ABORT_ODDS,)
    pairs_a_look: int = 1


class Stream(Protocol):
    """Pairs of one signal."""

    def find_aborts(self, rng: np.random.Generator, scale: Scale) -> Ints:
        """Simulates rollouts.

        Returns:
            the pair after which the evidence first reaches each of the odds, or `NEVER`; shape
            `[rollouts, odds]`.
        """
        ...


@dataclass(frozen=True)
class Ones:
    """Zeros and ones; the evidence is looked at after every pair.

    Attributes:
        share: the probability of a one.
        limit: the greatest share allowed.
    """

    share: float
    limit: float

    def find_aborts(self, rng: np.random.Generator, scale: Scale) -> Ints:
        """Simulates rollouts: see `Stream`."""
        limits = [find_abort_counts(self.limit, scale.pairs, each) for each in scale.odds]
        parts = []
        for rollouts in _split(scale.rollouts, scale.pairs):
            lots = rng.random((rollouts, scale.pairs), dtype=np.float32)
            ones = np.cumsum(lots < self.share, axis=1, dtype=np.int32)
            parts.append(np.stack([find_first(ones >= each) for each in limits], axis=1))
        return np.concatenate(parts)


@dataclass(frozen=True)
class Differences:
    """Differences on the grid; the evidence is looked at after every `pairs_a_look` pairs.

    Attributes:
        shares: the probability of each of the 41 values.
        limit: the least and the greatest mean allowed.
    """

    shares: Floats
    limit: tuple[float, float]

    def find_aborts(self, rng: np.random.Generator, scale: Scale) -> Ints:
        """Simulates rollouts: see `Stream`."""
        support = np.flatnonzero(self.shares)
        factors = build_log_factors(*self.limit)[support]
        looks, size = scale.pairs // scale.pairs_a_look, scale.pairs_a_look
        too_early = -(-LEAST_PAIRS // size) - 1
        parts = []
        for rollouts in _split(scale.rollouts, looks * factors.shape[1]):
            counts = rng.multinomial(size, self.shares[support], size=(rollouts, looks))
            evidence = compute_log_mean(np.cumsum(counts @ factors, axis=1))
            evidence[:, :too_early] = -np.inf
            parts.append(
                np.stack([find_first(evidence >= log(each)) for each in scale.odds], axis=1)
            )
        firsts = np.concatenate(parts)
        return np.where(firsts == NEVER, NEVER, np.minimum(firsts, looks) * size)


def find_first(hits: NDArray[np.bool_]) -> Ints:
    """Finds the first hit of each row, counted from 1; `NEVER` without one."""
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, NEVER)


def _split(rollouts: int, cells: int) -> Iterator[int]:
    """Splits rollouts into parts whose arrays fit into memory."""
    at_once = max(_CELLS // cells, 1)
    for start in range(0, rollouts, at_once):
        yield min(at_once, rollouts - start)
