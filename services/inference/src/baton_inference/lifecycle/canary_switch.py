"""Turns a canary off in this process, without the registry."""

import threading
from collections.abc import Sequence

import structlog

from baton_inference.lifecycle.policy import Identity, Trip
from baton_inference.lifecycle.trip_file import TripFile

log = structlog.get_logger("baton.canary")


class CanarySwitch:
    """The canaries that tripped: this process routes no request to them. Thread-safe.

    A tripped canary stays live, and its weight stays in the registry. `is_off` is called for each
    request that would go to the canary, so a trip takes effect with the next request.

    Attributes:
        closed: why this process can call no canary at all; empty if it can.
    """

    def __init__(self, file: TripFile | None = None) -> None:
        """Reads the file.

        Args:
            file: keeps the last trip over a restart; None: nothing is kept.
        """
        self.closed = ""
        self._lock = threading.Lock()
        self._file = file
        self._trips: dict[Identity, Trip] = {}
        kept = file.read() if file is not None else None
        if kept is not None:
            self._trips[kept.canary] = kept

    def trip(self, trip: Trip) -> None:
        """Stops routing to a version. The first reason stays. Writes the file."""
        with self._lock:
            known = self._trips.get(trip.canary)
            if known is not None and known.holds_beside(trip.production):
                return
            self._trips[trip.canary] = trip
            if self._file is not None:
                self._file.write(trip)
        log.error(
            "the canary tripped: this process stops routing to it",
            version=trip.canary.version,
            signal=trip.signal,
            reason=trip.reason,
        )

    def find_trip(self, canary: Identity, production: Identity | None) -> Trip | None:
        """Returns the trip of a version beside this one in production; None if it did not trip."""
        trip = self._trips.get(canary)
        return trip if trip is not None and trip.holds_beside(production) else None

    def is_off(self, canary: Identity, production: Identity | None) -> bool:
        """Whether this process routes no request to the version."""
        if self.closed:
            return True
        # Usually there are none, and this is called for each request.
        return bool(self._trips) and self.find_trip(canary, production) is not None

    def forget_others(self, identity: Identity | None) -> None:
        """Forgets all trips but this version's, because the alias left the others."""
        with self._lock:
            self._forget([each for each in self._trips if each != identity])

    def forget(self, identity: Identity) -> None:
        """Forgets the trip of this version, because `rollout start --force` took its abort back."""
        with self._lock:
            self._forget([each for each in self._trips if each == identity])

    def _forget(self, identities: Sequence[Identity]) -> None:
        for each in identities:
            del self._trips[each]
        if identities and not self._trips and self._file is not None:
            self._file.remove()
