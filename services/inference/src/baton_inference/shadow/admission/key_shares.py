"""Limits the share of one caller in the pairs.

One caller with unusual rows must not decide about a version that all callers get.
"""

from collections import Counter, deque

MOST_SHARE = 0.1
"""The most that one key gives of the last pairs, if at least ten keys send rows."""
WINDOW_PAIRS = 1_000
WINDOW_ROWS = 10_000


class KeyShares:
    """Counts the last pairs by key. Not thread-safe.

    Of n keys that sent any of the last `WINDOW_ROWS` rows, each gives at most the share
    max(1/10, 1/n), and one pair, of the last `WINDOW_PAIRS` pairs. With fewer than ten keys a tenth
    each would never add up to one. A key that stops sending is forgotten after that many rows of
    others, so it does not hold them back. Memory is bounded by both windows, however many keys
    there are.
    """

    def __init__(self, *, pairs: int = WINDOW_PAIRS, rows: int = WINDOW_ROWS) -> None:
        self._rows = _Window(rows)
        self._pairs = _Window(pairs)

    def note_row(self, key: int) -> None:
        """Counts a row that could become a pair."""
        self._rows.add(key)

    def has_room(self, key: int) -> bool:
        """Whether this key gives at most its share so far; then it may give one more pair.

        If the next pair counted already, n keys of 1/n each would all wait for each other.
        """
        share = max(MOST_SHARE, 1 / max(1, len(self._rows.counts)))
        return self._pairs.counts[key] <= share * len(self._pairs.order)

    def note_pair(self, key: int) -> None:
        """Counts a pair."""
        self._pairs.add(key)


class _Window:
    """Counts the last keys."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.order: deque[int] = deque()
        self.counts: Counter[int] = Counter()

    def add(self, key: int) -> None:
        self.order.append(key)
        self.counts[key] += 1
        if len(self.order) > self._size:
            oldest = self.order.popleft()
            self.counts[oldest] -= 1
            if not self.counts[oldest]:
                del self.counts[oldest]
