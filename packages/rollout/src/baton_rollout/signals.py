"""The signals: the bounded numbers of a pair, one row that production and canary both scored.

| signal | value of a pair | bounds |
|---|---|---|
| `failures` | 1 if the canary failed and production did not, else 0 | 0, 1 |
| `slower` | 1 if the canary took more than twice as long, and over 1 ms longer, else 0 | 0, 1 |
| `other_label` | 1 if the labels differ, else 0 | 0, 1 |
| `score` | canary - production, of each class or output; regression: scaled | -1, 1 |
| `quality` | loss of the canary - loss of production, of a row whose label is known | -1, 1 |

`slower` is one value for each timed batch: rows that both versions scored for their processor
time. `score` and `quality` are counted on `GRID`.
"""

from math import floor, isnan
from typing import Literal, get_args

Signal = Literal["failures", "slower", "other_label", "score", "quality"]

SIGNALS: tuple[Signal, ...] = get_args(Signal)
"""All signals, in the order in which they are shown."""

Range = tuple[float, float]
"""The least and the greatest mean, or value."""


def get_bounds(signal: Signal) -> Range:
    """Returns the least and the greatest value of a signal."""
    return (-1.0, 1.0) if signal in ("score", "quality") else (0.0, 1.0)


_STEPS = 20  # from 0 to 1
GRID: tuple[float, ...] = tuple(step / _STEPS for step in range(-_STEPS, _STEPS + 1))
"""The 41 values from -1 to 1 on which differences are counted."""


def round_randomly(value: float, lot: float) -> int:
    """Rounds a difference to one of its two neighbours on the grid.

    The nearer neighbour is the likelier one, so that the expected result is the value itself. The
    guarantee of `evidence.py` therefore holds for counts on the grid.

    Args:
        value: the difference; beyond -1 and 1 it counts as -1 and 1.
        lot: a random number, uniform in [0, 1), independent of the value. Each value needs its own.

    Returns:
        the index of a value of `GRID`.

    Raises:
        ValueError: the value is not a number.
    """
    if isnan(value):
        raise ValueError("a difference is not a number; count the row as a failure")
    position = (min(max(value, -1.0), 1.0) + 1.0) * _STEPS
    index = floor(position)
    return index + (lot < position - index)
