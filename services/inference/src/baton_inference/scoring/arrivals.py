"""Requests that the server has read but not started. The batcher waits for them."""


class Arrivals:
    """Counts these requests. Use it from the event loop only.

    Attributes:
        unstarted: their number. The wait is short, because the event loop starts all of them in
            its next turn.
    """

    __slots__ = ("unstarted",)

    def __init__(self) -> None:
        self.unstarted = 0

    def note_arrival(self) -> None:
        """Counts a request whose head was read."""
        self.unstarted += 1

    def note_start(self) -> None:
        """Subtracts a request that starts. Other servers report no arrivals before a start."""
        if self.unstarted:
            self.unstarted -= 1

    def forget(self) -> None:
        """Resets the count after a turn of the event loop.

        A request that is still counted never starts, e.g. because its connection closed. Later
        requests would wait for it.
        """
        self.unstarted = 0
