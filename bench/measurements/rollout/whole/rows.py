"""The pairs of one fake replica during a whole rollout, with all five signals.

Keys have heavy tails: few keys send most of the rows, and the canary harms each key at a rate of
its own. No key gives more than a tenth of the pairs, as in the product. With sessions, a key sends
many rows in a row; these depend on each other, so the guarantee of the evidence does not cover
them.

At night the canary is on its limits, by day at half of them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from baton_rollout.limits import Limits
from baton_rollout.signals import GRID
from bench.measurements.rollout.wealth import Floats, Ints

TICK_S = 30.0
"""Seconds between two looks of the controller; fewer looks than the product's save time."""
ROWS_A_TICK = 300
DAY_TICKS = 80
"""A day is compressed to 40 minutes, the time of the four default steps."""
MOST_OF_A_KEY = 0.1
TIMED = 1 / 16
LABELLED = 0.1

_LIMITS = Limits()
_SCORE_LIMIT = _LIMITS.get_score_range("")[1]
_DUSK = 0.5
_KEYS = 5_000
_TAIL = 1.5  # of the Zipf law of keys, and of the Pareto law of sessions
_LONGEST = 500
_CALLERS = 30  # that send at the same time
_SCORE_SPREAD, _QUALITY_SPREAD, _KEY_SPREAD = 0.1, 0.11, 0.05


@dataclass(frozen=True)
class World:
    """What the canary does to the rows.

    Attributes:
        name: its description.
        failures: its failures at night, as a multiple of the limit.
        others: the same of the other signals.
        keys: `equal`: all rows are alike; `heavy`: keys have heavy tails; `sessions`: they also
            send their rows in sessions.
    """

    name: str
    failures: float
    others: float
    keys: Literal["equal", "heavy", "sessions"]

    @property
    def is_harmful(self) -> bool:
        """Whether it must be aborted."""
        return max(self.failures, self.others) > 1


@dataclass(frozen=True)
class Rows:
    """Rows of a replica in order; all arrays have the shape `[rows]`."""

    tick: Ints
    fails: NDArray[np.bool_]
    is_timed: NDArray[np.bool_]
    is_slower: NDArray[np.bool_]
    has_other_label: NDArray[np.bool_]
    score: Ints
    quality: Ints
    is_labelled: NDArray[np.bool_]


def draw_rows(rng: np.random.Generator, world: World, ticks: int) -> Rows:
    """Draws the rows of a replica; `score` and `quality` are indices of the grid."""
    night = (1 - np.cos(2 * np.pi * np.arange(ticks) / DAY_TICKS)) / 2
    tick = np.repeat(np.arange(ticks), rng.poisson(ROWS_A_TICK * (1.2 - 0.4 * night)))
    rows = len(tick)
    rate, shift = _draw_effects(rng, rows, world)
    level = np.where(night[tick] > _DUSK, 1.0, 0.5)

    def draw(limit: float, multiple: float) -> NDArray[np.bool_]:
        return np.asarray(rng.random(rows) < limit * multiple * level * rate)

    def differ(limit: float, spread: float) -> Ints:
        mean = limit * world.others * level
        return _round(rng, mean + shift * spread + rng.normal(0, spread, rows))

    return Rows(
        tick=tick,
        fails=draw(_LIMITS.failures, world.failures),
        is_timed=rng.random(rows) < TIMED,
        is_slower=rng.random(rows) < _LIMITS.slower * world.others * level,
        has_other_label=draw(_LIMITS.other_label, world.others),
        score=differ(_SCORE_LIMIT, _SCORE_SPREAD),
        quality=differ(_LIMITS.quality, _QUALITY_SPREAD),
        is_labelled=rng.random(rows) < LABELLED,
    )


def _draw_effects(rng: np.random.Generator, rows: int, world: World) -> tuple[Floats, Floats]:
    """Draws the rate and the shift of the key of each row; expected over rows, 1 and 0."""
    if world.keys == "equal":
        return np.ones(rows), np.zeros(rows)
    share = np.arange(1, _KEYS + 1) ** -_TAIL
    share /= share.sum()
    for _ in range(20):  # what the cap takes from the first keys, the others get
        share = np.minimum(share, MOST_OF_A_KEY)
        share /= share.sum()
    rate, shift = rng.lognormal(0, 1, _KEYS), rng.standard_normal(_KEYS) * _KEY_SPREAD
    rate /= (rate * share).sum()
    shift -= (shift * share).sum()
    keys = rng.choice(_KEYS, rows, p=share)
    if world.keys == "sessions":
        keys = _arrange_sessions(rng, keys)
    return rate[keys], shift[keys]


def _arrange_sessions(rng: np.random.Generator, keys: Ints) -> Ints:
    """Draws rows of sessions, one key each; several callers send at the same time."""
    rows = len(keys)
    lengths = np.minimum(1 + rng.pareto(_TAIL, rows), _LONGEST).astype(np.int64)
    caller = rng.integers(_CALLERS, size=rows)
    order = np.argsort(caller, kind="stable")  # a caller's rows follow each other here
    arranged = np.empty_like(keys)
    arranged[order] = np.repeat(keys, lengths)[:rows]
    return arranged


def _round(rng: np.random.Generator, differences: Floats) -> Ints:
    position = (np.clip(differences, -1, 1) + 1) * (len(GRID) - 1) / 2
    below = position.astype(np.int64)
    return np.asarray(below + (rng.random(len(position)) < position - below))
