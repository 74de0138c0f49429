"""The two clocks."""

import time

from baton_inference.lifecycle.clock import Clock


def test_the_default_clock_reads_the_system_clocks() -> None:
    """The default reads the monotonic clock and the time of day."""
    clock = Clock()
    before = time.monotonic(), time.time()
    read = clock.steady_s(), clock.posix_s()
    assert before[0] <= read[0] <= time.monotonic()
    assert before[1] <= read[1] <= time.time()
