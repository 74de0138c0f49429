"""The two clocks: one to measure with, one to tell people the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Reads the time; tests hand in their own.

    Attributes:
        steady_s: seconds that never go back, from an unknown start.
        posix_s: the POSIX time.
    """

    steady_s: Callable[[], float] = time.monotonic
    posix_s: Callable[[], float] = time.time
