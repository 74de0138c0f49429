"""The two clocks: one measures durations, one gives the time of day."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Reads the time. Tests pass their own functions.

    Attributes:
        steady_s: monotonic seconds from an arbitrary start.
        posix_s: the POSIX time.
    """

    steady_s: Callable[[], float] = time.monotonic
    posix_s: Callable[[], float] = time.time
