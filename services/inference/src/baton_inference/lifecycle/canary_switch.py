"""Turns a canary off in this process, without the registry."""

import threading
from collections.abc import Sequence

from baton_inference.lifecycle.policy import Identity
from baton_inference.lifecycle.trip_file import TripFile


class CanarySwitch:
    """The canaries that tripped: this process routes no request to them. Thread-safe.

    A tripped canary stays live, and its weight stays in the registry. `find_trip` is called for
    each request that would go to the canary, so a trip takes effect with the next request.
    """

    def __init__(self, file: TripFile | None = None) -> None:
        """Reads the file.

        Args:
            file: keeps the last trip over a restart; None: nothing is kept.
        """
        self._lock = threading.Lock()
        self._file = file
        self._trips: dict[Identity, str] = {}
        kept = file.read() if file is not None else None
        if kept is not None:
            identity, reason = kept
            self._trips[identity] = reason

    def trip(self, identity: Identity, reason: str) -> None:
        """Stops routing to a version. The first reason stays. Writes the file."""
        with self._lock:
            if identity in self._trips:
                return
            self._trips[identity] = reason
            if self._file is not None:
                self._file.write(identity, reason)

    def find_trip(self, identity: Identity) -> str | None:
        """Returns why this version tripped; None if it did not."""
        return self._trips.get(identity)

    def forget_others(self, identity: Identity | None) -> None:
        """Forgets all trips but this version's, because the alias left the others."""
        with self._lock:
            self._forget([each for each in self._trips if each != identity])

    def forget(self, identity: Identity) -> None:
        """Forgets the trip of this version, because somebody has taken its abort back."""
        with self._lock:
            self._forget([each for each in self._trips if each == identity])

    def _forget(self, identities: Sequence[Identity]) -> None:
        for each in identities:
            del self._trips[each]
        if identities and not self._trips and self._file is not None:
            self._file.remove()
