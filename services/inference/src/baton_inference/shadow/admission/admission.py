"""Decides which sampled rows become pairs."""

from enum import Enum

from baton_inference.scoring.observer import RowSource
from baton_inference.shadow.admission.key_shares import KeyShares
from baton_inference.shadow.admission.repeats import RecentRows
from baton_inference.shadow.rows.row_adapter import Cells


class Admission(Enum):
    """What becomes of a sampled row."""

    PAIRED = "paired"
    REPEATED = "repeated"
    """The row is one of the last 10,000 rows."""
    OVER_SHARE = "over_share"
    """Its API key or routing key gave its share of the pairs already."""


class Admissions:
    """Decides about the rows of one pair of versions. Not thread-safe."""

    def __init__(self) -> None:
        self._recent = RecentRows()
        self._api_keys = KeyShares()
        self._routing_keys = KeyShares()

    def admit(self, cells: Cells, source: RowSource) -> Admission:
        """Decides about a row, which counts as paired from then on if it is admitted.

        A row without an API key or routing key is not limited by it: without keys, all
        callers look alike.
        """
        if not self._recent.add(cells):
            return Admission.REPEATED
        keys = [
            (shares, key)
            for shares, key in (
                (self._api_keys, source.api_key),
                (self._routing_keys, source.routing_key),
            )
            if key is not None
        ]
        for shares, key in keys:
            shares.note_row(key)
        if not all(shares.has_room(key) for shares, key in keys):
            return Admission.OVER_SHARE
        for shares, key in keys:
            shares.note_pair(key)
        return Admission.PAIRED
