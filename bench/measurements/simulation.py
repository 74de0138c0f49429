"""Simulations in several processes, each part with randomness of its own from one seed."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import TypeVar

import numpy as np

from bench.settings import ONE_THREAD

T = TypeVar("T")
R = TypeVar("R")


def create_rng(seed: int, name: str) -> np.random.Generator:
    """Creates the randomness of one part: no part depends on another or on their order."""
    return np.random.default_rng([seed, *name.encode()])


def map_in_order(pool: Pool | None, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Calls the function for each item, in the pool if there is one."""
    return map(function, items) if pool is None else pool.imap(function, items)


@contextmanager
def open_pool(processes: int) -> Iterator[Pool | None]:
    """Opens a pool of processes, each with one thread; None if this process does the work."""
    if processes == 1:
        yield None
        return
    os.environ.update(ONE_THREAD)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield pool
