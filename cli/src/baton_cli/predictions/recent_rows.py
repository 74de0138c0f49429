"""Remembers many rows in little memory. Pure: no I/O and no clock."""

from array import array

from baton_cli.predictions.pair_losses import Identity

_FINGERPRINT_BITS = 32


class RecentRows:
    """The names of rows, of which a newer one sometimes takes the place of an older one.

    Each has one place in a table of fixed size, which holds 32 bits of its hash, so that a row is
    mistaken for another one once in four billion.
    """

    def __init__(self, places: int) -> None:
        """Remembers nothing yet; takes 4 bytes for each place."""
        self._table = array("I", [0]) * places

    def add(self, identity: Identity) -> None:
        """Remembers a row."""
        place, fingerprint = self._locate(identity)
        self._table[place] = fingerprint

    def __contains__(self, identity: Identity) -> bool:
        """Whether a row is remembered."""
        place, fingerprint = self._locate(identity)
        return self._table[place] == fingerprint

    def _locate(self, identity: Identity) -> tuple[int, int]:
        rest, place = divmod(hash(identity), len(self._table))
        return place, rest % 2**_FINGERPRINT_BITS or 1  # 0 is an empty place
