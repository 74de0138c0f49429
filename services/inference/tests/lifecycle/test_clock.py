"""The clocks."""

import time

from baton_inference.lifecycle.clock import Clock


def test_reads_the_systems_clocks() -> None:
    """Unless told otherwise it reads the monotonic clock and the time of day."""
    clock = Clock()
    before = time.monotonic(), time.time()
    read = clock.steady_s(), clock.posix_s()
    assert before[0] <= read[0] <= time.monotonic()
    assert before[1] <= read[1] <= time.time()
