"""Chooses which answered rows are logged, so that their rate has a limit."""

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

BURST_S = 10.0
"""The tokens of so many seconds can be saved for a burst."""
WINDOW_S, LEAST_WINDOW_S = 1.0, 0.1
"""The share is computed again so often; earlier if more rows arrive than the rate allows."""
MAX_REQUEST_ROWS = 5_000
"""The most rows of one request."""

_HASHES = 2.0**64
_HASHER = blake2b(digest_size=8, person=b"predictions")


class Choice(NamedTuple):
    """The rows of one request that are logged: every `step`-th, beginning with `first`.

    Attributes:
        first: the number of the first one, from 0.
        step: the distance between two of them.
        share: the probability with which a row of this request was kept, in (0, 1].
    """

    first: int
    step: int
    share: float


class Sampler:
    """Keeps all rows up to a rate, and a share of them above it. Used by one thread.

    A token bucket limits the rate. The share follows from the rows of the last window and from the
    tokens that are left, so that the bucket seldom runs dry. A hash of the request id decides
    whether a request is kept. It does not depend on the version that answered, so the same share
    of each version is kept. A large request keeps every n-th of its rows.

    Attributes:
        sampled_out: rows that were not kept, as the shares of the others tell.
        over_rate: rows that were not kept because the bucket was empty: the shares do not tell.
    """

    def __init__(self, rows_per_s: float, read_s: Callable[[], float]) -> None:
        """Starts with a full bucket.

        Args:
            rows_per_s: the limit, at least 1.
            read_s: reads a monotonic clock.
        """
        self.sampled_out = 0
        self.over_rate = 0
        self._rows_per_s = rows_per_s
        self._read_s = read_s
        self._capacity = self._tokens = rows_per_s * BURST_S
        self._share = 1.0
        self._offered = 0
        self._window_from_s = self._filled_s = read_s()

    def choose(self, request_id: str, rows: int) -> Choice | None:
        """Chooses the rows of a request; None if it keeps none.

        Args:
            request_id: decides, by its hash.
            rows: the number of rows, at least 1.
        """
        now_s = self._read_s()
        if now_s >= self._window_from_s + LEAST_WINDOW_S:
            self._end_window(now_s)
        step = 1 if rows == 1 else self._choose_step(rows, now_s)
        self._offered += -(-rows // step)
        share, first = self._share, 0
        if share < 1 or step > 1:
            number = hash_id(request_id)
            if number >= share * _HASHES:
                self.sampled_out += rows
                return None
            first = number % step
        self._fill(now_s)
        if self._tokens < 1:
            self.over_rate += rows
            return None
        kept = len(range(first, rows, step))
        self._tokens -= kept
        self.sampled_out += rows - kept
        return Choice(first, step, share / step)

    def _choose_step(self, rows: int, now_s: float) -> int:
        """Chooses the step of a request with several rows: at most their number less one.

        So row 0 is never kept alone, and a reader sees whether a request had one row.
        """
        self._fill(now_s)
        step = -(-rows // max(1, min(MAX_REQUEST_ROWS, int(self._tokens / 2))))
        return min(step, rows - 1)

    def _fill(self, now_s: float) -> None:
        tokens = self._tokens + (now_s - self._filled_s) * self._rows_per_s
        self._tokens = min(self._capacity, tokens)
        self._filled_s = now_s

    def _end_window(self, now_s: float) -> None:
        """Computes the share again, if the window is over."""
        passed_s = now_s - self._window_from_s
        if passed_s < WINDOW_S and self._offered < self._rows_per_s:
            return
        self._fill(now_s)
        level = self._tokens / self._capacity
        target = self._rows_per_s * (0.5 + level)  # a bucket that is half full stays so
        self._share = min(1.0, target * passed_s / max(self._offered, 1))
        self._offered, self._window_from_s = 0, now_s


def hash_id(request_id: str) -> int:
    """Hashes a request id to a number below 2**64, differently from the choice of a canary."""
    hasher = _HASHER.copy()  # faster than a new one
    hasher.update(request_id.encode())
    return int.from_bytes(hasher.digest())
