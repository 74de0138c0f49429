"""Observes the callers of a release during an event."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.kubernetes.commands import ClusterError
from tests.support.kubernetes.release.observation import Load, Observation
from tests.support.kubernetes.release.release import Release

_AFTER_S = 0.5
"""The load goes on for so long after an event: a request that it has harmed has ended by then."""


@dataclass(frozen=True)
class Stage:
    """A release under load.

    Attributes:
        release: the release.
        load: the load on its Service.
        record: records what callers saw, and the seconds that the event took.
    """

    release: Release
    load: Load
    record: Callable[[Observation, float], None]

    @contextmanager
    def observe(self, *, allowed_failures: int = 0) -> Iterator[None]:
        """Observes an event, until the pods have settled after it.

        Fails if more requests failed than allowed, and then shows them, the pods and their logs.
        """
        begun_s = time.monotonic()
        try:
            yield
            took_s = time.monotonic() - begun_s
            self.release.settle()
            time.sleep(_AFTER_S)
            seen = self.load.observe(begun_s)
            self.record(seen, took_s)
            assert len(seen.failures) <= allowed_failures, seen.describe_failures()
        except (AssertionError, ClusterError) as error:
            error.add_note(self.release.describe())
            raise
