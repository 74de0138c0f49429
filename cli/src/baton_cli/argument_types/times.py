"""Times: seconds, and durations with a unit."""

import math
import re

import click

from baton_rollout.progress.plan import MAX_SECONDS

UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Seconds(click.ParamType[float]):
    """A finite number of seconds above zero."""

    name = "seconds"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parses the value. Raises a usage error."""
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(f"{value!r} is not a number of seconds above 0.", param, ctx)
        return seconds


class Duration(click.ParamType[float]):
    """A duration such as `90s`, `10m`, `24h` or `2d`; seconds without a unit."""

    name = "duration"

    def __init__(self, *, zero: bool = False) -> None:
        self._allows_zero = zero

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parses the value to seconds. Raises a usage error."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(value), re.ASCII)
        seconds = float(found[1]) * UNITS_S[found[2] or "s"] if found else math.nan
        if not 0 <= seconds <= MAX_SECONDS or (seconds == 0 and not self._allows_zero):
            self.fail(f"{value!r} is not a duration such as 90s, 10m, 24h or 2d.", param, ctx)
        return seconds
