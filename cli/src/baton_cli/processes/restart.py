"""The delay before a program is restarted."""

FIRST_DELAY_S = 0.5
MAX_DELAY_S = 30.0
STEADY_S = 60.0


class Backoff:
    """Doubles the delay at each restart, and resets it after a steady run."""

    def __init__(self) -> None:
        self._next_s = FIRST_DELAY_S

    def compute_delay_s(self, ran_s: float) -> float:
        """Computes the delay after a run of `ran_s` seconds."""
        if ran_s >= STEADY_S:
            self._next_s = FIRST_DELAY_S
        delay_s = self._next_s
        self._next_s = min(2 * delay_s, MAX_DELAY_S)
        return delay_s
