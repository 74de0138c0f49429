"""Receives labels: checks them against the serving version, stores and counts them."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from baton_engine.labels.label import Label
from baton_inference.errors import (
    InferenceError,
    InvalidLabels,
    NotReady,
    NotStored,
    Overloaded,
    TooManyLabels,
)
from baton_inference.feedback.document import Entry, read_feedback
from baton_inference.feedback.label_check import LabelCheck
from baton_inference.feedback.label_store import LabelStore
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.scoring.workers import Workers
from baton_registry.versions.model_version import VersionIdentity

ACCEPTED = "accepted"
OUTCOMES: dict[type[InferenceError], str] = {
    InvalidLabels: "invalid",
    TooManyLabels: "too_many",
    Overloaded: "overloaded",
    NotStored: "not_stored",
}
"""Outcomes of labels that are not accepted, by the error. Of other errors the labels are not
known."""
SMALL_BYTES = 4096
"""A body of this size is checked in a few tenths of a millisecond, on the event loop."""


class FeedbackReceiver:
    """Receives the labels of requests. Used from the event loop only.

    Attributes:
        labels: counts of labels by outcome: `accepted`, or one of `OUTCOMES`.
    """

    def __init__(
        self, live: LiveVersions, store: LabelStore, workers: Workers, clock: Clock
    ) -> None:
        """Wires the receiver.

        Args:
            live: the version that labels are checked against is its production.
            store: stores the labels.
            workers: threads for large bodies.
            clock: the time at which labels arrive.
        """
        self._live = live
        self._store = store
        self._workers = workers
        self._clock = clock
        self._last_us = 0
        self._checks = dict[VersionIdentity, LabelCheck]()
        self.labels: Counter[str] = Counter()

    async def receive(self, body: bytes, api_key: str | None) -> int:
        """Stores all labels of a body or none; returns their number when they are on disk.

        Of two labels for one row the later one counts, so a label may be sent twice.

        Args:
            body: see `read_feedback`.
            api_key: the name of the key that the request has.

        Raises:
            MalformedBody, TooManyLabels, InvalidLabels: see `read_feedback`.
            NotReady: no version serves, so labels cannot be checked.
            Overloaded: too many labels wait for the disk.
            NotStored: the labels cannot be stored.
        """
        try:
            entries = await self._read(body)
        except (InvalidLabels, TooManyLabels) as error:
            self.labels[OUTCOMES[type(error)]] += error.count
            raise
        try:
            await self._store.add(self._stamp(entries, api_key))
        except (NotStored, Overloaded) as error:
            self.labels[OUTCOMES[type(error)]] += len(entries)
            raise
        self.labels[ACCEPTED] += len(entries)
        return len(entries)

    async def _read(self, body: bytes) -> list[Entry]:
        version = self._live.production
        if version is None:
            raise NotReady
        now = datetime.fromtimestamp(self._clock.posix_s(), UTC)
        read = partial(read_feedback, body, self._find_check(version).format, now)
        return read() if len(body) <= SMALL_BYTES else await self._workers.run(read)

    def _find_check(self, version: LiveVersion) -> LabelCheck:
        """Returns the check of a version, which is built once: it may have thousands of classes."""
        check = self._checks.get(version.identity)
        if check is None:
            check = LabelCheck(version.engine.output_schema)
            self._checks = {version.identity: check}
        return check

    def _stamp(self, entries: Sequence[Entry], api_key: str | None) -> list[Label]:
        """Adds the time of arrival. It grows with each request, so the order is never lost."""
        self._last_us = max(int(self._clock.posix_s() * 1e6), self._last_us + 1)
        return [
            Label(
                self._last_us, entry.request_id, entry.row, entry.text, entry.at_us, "api", api_key
            )
            for entry in entries
        ]
