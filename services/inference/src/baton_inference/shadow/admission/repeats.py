"""Finds rows that repeat: probes and health checks send the same row again and again."""

from collections import deque
from typing import Any

REMEMBERED_ROWS = 10_000


class RecentRows:
    """Remembers the hashes of the last rows that were new. Not thread-safe."""

    def __init__(self, remembered: int = REMEMBERED_ROWS) -> None:
        self._order: deque[int] = deque()
        self._hashes: set[int] = set()
        self._remembered = remembered

    def add(self, cells: tuple[Any, ...]) -> bool:
        """Remembers a row. Returns False if it is among the remembered ones already.

        Two rows of one hash count as one row. With hashes of 64 bits that is one row in 10^15.
        """
        key = hash(cells)
        if key in self._hashes:
            return False
        self._hashes.add(key)
        self._order.append(key)
        if len(self._order) > self._remembered:
            self._hashes.discard(self._order.popleft())
        return True
