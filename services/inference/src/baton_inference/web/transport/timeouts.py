"""Limits for slow clients and idle connections."""

GRACE_S = 20.0
"""Time to send a request or to read an answer of any size."""
MIN_BYTES_PER_S = 32 * 1024
"""Minimum speed after the grace time: large bodies get more time."""
KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection. So they close it first, and no request
arrives on a connection that the server is closing."""


class Timeouts:
    """The limits of one connection. All times are the event loop's."""

    __slots__ = (
        "_awaited_since_s",
        "_idle_since_s",
        "_received",
        "_unread_bytes",
        "_unread_since_s",
    )

    def __init__(self, now_s: float) -> None:
        self._awaited_since_s: float | None = now_s  # the first request
        self._received = 0
        self._idle_since_s: float | None = None
        self._unread_since_s: float | None = None
        self._unread_bytes = 0

    def note_whole(self) -> None:
        """Notes that all requests have arrived whole."""
        self._awaited_since_s = self._idle_since_s = self._unread_since_s = None
        self._received = 0

    def note_part(self, now_s: float, received: int) -> None:
        """Notes that `received` bytes of an incomplete request have arrived."""
        self._idle_since_s = None
        self._received = received
        if self._awaited_since_s is None:
            self._awaited_since_s, self._unread_since_s = now_s, None

    def note_pause(self, now_s: float) -> None:
        """Notes that the server itself does not read: the time of the request starts again."""
        if self._awaited_since_s is not None:
            self._awaited_since_s = now_s

    def is_sent_too_slowly(self, now_s: float) -> bool:
        """Whether the time for the current request is over."""
        since_s = self._awaited_since_s
        return since_s is not None and _is_over(now_s - since_s, self._received)

    def is_read_too_slowly(self, now_s: float, unread_bytes: int) -> bool:
        """Whether the time to read the answers is over; `unread_bytes` of them are not sent."""
        if not unread_bytes:
            self._unread_since_s = None
            return False
        if self._unread_since_s is None:
            self._unread_since_s, self._unread_bytes = now_s, unread_bytes
        return _is_over(now_s - self._unread_since_s, self._unread_bytes)

    def is_idle_too_long(self, now_s: float) -> bool:
        """Whether a connection without any request has been open for too long.

        Idle time starts at the first check, which saves a timer for each request.
        """
        if self._awaited_since_s is not None:
            return False
        if self._idle_since_s is None:
            self._idle_since_s = now_s
        return now_s - self._idle_since_s > KEEP_ALIVE_S


def _is_over(waited_s: float, size: int) -> bool:
    """Whether the time for `size` bytes is over."""
    return waited_s > GRACE_S + size / MIN_BYTES_PER_S
