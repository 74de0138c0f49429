"""Requests that the server has read and that have not begun: the batcher waits for them."""


class Arrivals:
    """Counts them. Used from the event loop only.

    Attributes:
        unstarted: how many there are; it never asks anybody to wait for long, for the event loop
            begins all of them in its next turn.
    """

    __slots__ = ("unstarted",)

    def __init__(self) -> None:
        self.unstarted = 0

    def note_arrival(self) -> None:
        """The head of a request was read."""
        self.unstarted += 1

    def note_start(self) -> None:
        """Its handling begins; an application that is not behind our server sees only this."""
        if self.unstarted:
            self.unstarted -= 1

    def forget(self) -> None:
        """Resets the count after a turn of the event loop.

        A request that is still counted will never start, e.g. because its connection closed; later
        requests would wait for it.
        """
        self.unstarted = 0
