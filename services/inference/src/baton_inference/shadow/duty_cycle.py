"""Limits a thread to a share of one processor."""

import time


class DutyCycle:
    """Computes how long a thread rests after its work.

    With a share of 1/4, the thread rests three times as long as it worked: it uses at most a
    quarter of a processor, whatever the work is.
    """

    def __init__(self, share: float) -> None:
        """Takes the share of a processor, above 0 and at most 1."""
        self._rest_factor = 1 / share - 1
        self._started_s = 0.0

    def start(self) -> None:
        """Starts the measurement of work. Call it in the thread that works."""
        self._started_s = time.thread_time()

    def compute_rest_s(self) -> float:
        """Computes the rest after the work since `start`, in seconds."""
        return (time.thread_time() - self._started_s) * self._rest_factor
