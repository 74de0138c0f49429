"""A clock that a test moves."""

from baton_inference.lifecycle.clock import Clock


class ManualClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def clock(self) -> Clock:
        """The clock of the service: both of its clocks read the same."""
        return Clock(steady_s=lambda: self.now_s, posix_s=lambda: self.now_s)
