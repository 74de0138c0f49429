"""Turns a canary off in this process, without the registry."""

import threading

from baton_inference.lifecycle.policy import Identity


class CanarySwitch:
    """The canaries that tripped: this process routes no request to them. Thread-safe.

    A tripped canary stays live, and its weight stays in the registry. `find_trip` is called for
    each request that would go to the canary, so a trip takes effect with the next request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trips: dict[Identity, str] = {}

    def trip(self, identity: Identity, reason: str) -> None:
        """Stops routing to a version. The first reason stays."""
        with self._lock:
            self._trips.setdefault(identity, reason)

    def find_trip(self, identity: Identity) -> str | None:
        """Returns why this version tripped; None if it did not."""
        return self._trips.get(identity)

    def forget_others(self, identity: Identity | None) -> None:
        """Forgets all trips but this version's, because the alias left the others."""
        with self._lock:
            for each in [each for each in self._trips if each != identity]:
                del self._trips[each]
