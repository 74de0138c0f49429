"""Stores labels before their requests are answered: requests that arrive together share a file."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from baton_engine.labels.label import Label
from baton_inference.errors import Overloaded
from baton_inference.scoring.workers import Workers

GATHER_S = 1.0
"""The least time between two files of few labels, so that many requests do not make many files."""
FULL_FILE = 1000
"""This many labels are written at once: a file of them is not small any more."""
MAX_WAITING = 20_000
"""Labels that may wait: some megabytes, and a second or two of writing."""
ANSWER_S = 10.0
"""The most time that a request waits for a slow disk."""


class _Batch:
    """Labels that go into one file.

    Attributes:
        labels: the labels in the order of their arrival.
        done: done after the file is written; its result is the error, None for success.
    """

    def __init__(self) -> None:
        self.labels: list[Label] = []
        self.done: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()


class LabelStore:
    """Writes labels in a thread. Use it from the event loop only.

    A label that `add` returned for is on disk, whatever happens to the process or the machine.
    """

    def __init__(
        self,
        store: Callable[[Sequence[Label]], None],
        workers: Workers,
        *,
        gather_s: float = GATHER_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        """Wires the store.

        Args:
            store: writes labels; called in a thread, one call at a time.
            workers: the thread.
            gather_s: the least time between two files of few labels.
            answer_s: the most time that `add` takes.
        """
        self._store = store
        self._workers = workers
        self._gather_s = gather_s
        self._answer_s = answer_s
        self._batch: _Batch | None = None
        self._is_large = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._last_write_s = float("-inf")
        self.waiting = 0
        """The number of labels that wait to be on disk."""

    async def add(self, labels: Sequence[Label]) -> None:
        """Stores labels; returns when they are on disk.

        Raises:
            Overloaded: too many labels wait, or the disk is too slow. These may be stored later.
            NotStored: they cannot be stored.
        """
        if self.waiting + len(labels) > MAX_WAITING:
            raise Overloaded(f"{self.waiting} labels wait to be stored; retry later")
        batch = self._batch = self._batch or _Batch()
        batch.labels += labels
        self.waiting += len(labels)
        if len(batch.labels) >= FULL_FILE:
            self._is_large.set()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        try:
            async with asyncio.timeout(self._answer_s):
                error = await asyncio.shield(batch.done)
        except TimeoutError as late:
            raise Overloaded("the disk is slow; send the labels again later") from late
        if error is not None:
            raise error

    async def _write_all(self) -> None:
        """Writes batches until none is left."""
        while self._batch is not None:
            await self._gather()
            batch, self._batch = self._batch, None
            self._is_large.clear()
            self._last_write_s = time.monotonic()
            error: Exception | None = None
            try:
                await self._workers.run(partial(self._store, batch.labels))
            except Exception as raised:  # noqa: BLE001 - `add` raises it for each request
                error = raised
            self.waiting -= len(batch.labels)
            batch.done.set_result(error)
        self._writing = None

    async def _gather(self) -> None:
        """Waits for more labels if the last file is recent and these are few."""
        left_s = self._last_write_s + self._gather_s - time.monotonic()
        if left_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_large.wait(), left_s)
