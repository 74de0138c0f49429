"""What to measure: the log, and which rows and labels of it count."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton_common.locations import Location


@dataclass(frozen=True)
class QualityRequest:
    """What to measure.

    Attributes:
        location: the prediction log.
        now: the time of the measurement, in UTC.
        since_s: only predictions of the last so many seconds, and labels that arrived since then;
            None: all that the log has.
        ripe_s: only predictions that are older than this many seconds.
        silence: the label of a prediction that has none by then; None: such rows do not count.
        trusted: if set, only labels from files and of the API keys with these names count.
    """

    location: Location
    now: datetime
    since_s: float | None = None
    ripe_s: float = 0.0
    silence: str | None = None
    trusted: frozenset[str] | None = None

    @property
    def since(self) -> datetime | None:
        """The time of the first prediction."""
        return None if self.since_s is None else self.now - timedelta(seconds=self.since_s)

    @property
    def ripe_until(self) -> datetime:
        """The time of the last prediction that is old enough."""
        return self.now - timedelta(seconds=self.ripe_s)
