"""Turns a canary off in this process, without the registry."""

import threading
from collections.abc import Callable

import structlog

from baton_inference.lifecycle.trips.trip import Trip
from baton_inference.lifecycle.trips.trip_file import TripFile
from baton_registry.versions.model_version import VersionIdentity

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
        self._lock = threading.Lock()  # of the trips; no thread writes the file while it has it
        self._file = file
        self._file_lock = threading.Lock()
        self._trips: dict[VersionIdentity, Trip] = {}  # the file keeps the last one
        kept = file.read() if file is not None else None
        if kept is not None:
            self._trips[kept.canary] = kept

    def trip(self, trip: Trip) -> None:
        """Stops routing to a version, and writes the file, for which it waits: a disk may hang.

        The first reason stays.
        """
        if self._note(trip):
            self._save()

    def trip_without_waiting(self, trip: Trip) -> None:
        """Does what `trip` does. A thread writes the file, and never delays the exit.

        For the event loop, and for threads that have a lock.
        """
        if self._note(trip):
            threading.Thread(target=self._save, name="trip", daemon=True).start()

    def _note(self, trip: Trip) -> bool:
        """Stops routing to a version. Returns False if it had tripped."""
        with self._lock:
            known = self._trips.get(trip.canary)
            if known is not None and known.holds_beside(trip.production):
                return False
            others = {key: each for key, each in self._trips.items() if key != trip.canary}
            self._trips = {**others, trip.canary: trip}
        log.error(
            "the canary tripped: this process stops routing to it",
            version=trip.canary.version,
            signal=trip.signal,
            reason=trip.reason,
        )
        return True

    def find_trip(self, canary: VersionIdentity, production: VersionIdentity | None) -> Trip | None:
        """Returns the trip of a version beside this one in production; None if it did not trip."""
        trip = self._trips.get(canary)
        return trip if trip is not None and trip.holds_beside(production) else None

    def is_off(self, canary: VersionIdentity, production: VersionIdentity | None) -> bool:
        """Whether this process routes no request to the version."""
        if self.closed:
            return True
        # Usually there are none, and this is called for each request.
        return bool(self._trips) and self.find_trip(canary, production) is not None

    def forget_others(self, identity: VersionIdentity | None) -> None:
        """Forgets all trips but this version's, because the alias left the others."""
        self._forget(lambda canary: canary != identity)

    def forget(self, identity: VersionIdentity) -> None:
        """Forgets the trip of this version, because `rollout start --force` took its abort back."""
        self._forget(lambda canary: canary == identity)

    def _forget(self, is_over: Callable[[VersionIdentity], bool]) -> None:
        with self._lock:
            known = self._trips
            self._trips = {key: each for key, each in known.items() if not is_over(key)}
            has_changed = len(self._trips) < len(known)
        if has_changed:
            self._save()

    def _save(self) -> None:
        """Writes the last trip, or removes the file if there is none."""
        if self._file is None:
            return
        with self._file_lock:
            trips = (*self._trips.values(),)
            if trips:
                self._file.write(trips[-1])
            else:
                self._file.remove()
