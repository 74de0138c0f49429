"""Times small calls in this process."""

import math
import timeit
from collections.abc import Callable, Mapping

_REPEATS = 20
_REPEAT_S = 0.02


def measure_us(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Measures the best of several repeats of each call: other programs only add time."""
    best = dict.fromkeys(calls, math.inf)
    counts = {
        name: max(1, round(_REPEAT_S / timeit.timeit(call, number=1)))
        for name, call in calls.items()
    }
    for _ in range(_REPEATS):
        for name, call in calls.items():
            took_s = timeit.timeit(call, number=counts[name]) / counts[name]
            best[name] = min(best[name], took_s * 1e6)
    return best
