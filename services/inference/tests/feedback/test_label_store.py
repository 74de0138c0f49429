"""Labels are stored before `add` returns, and requests that arrive together share a file."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from baton_engine.labels.label import Label
from baton_inference.errors import NotStored, Overloaded
from baton_inference.feedback.label_store import FULL_FILE, MAX_WAITING, LabelStore
from baton_inference.scoring.workers import Workers

NEVER_S = 3600.0


def make_labels(count: int = 1, request_id: str = "a") -> list[Label]:
    return [Label(1, request_id, row, "yes", None, "api") for row in range(count)]


class Disk:
    """Keeps the files that are written. It waits for `is_free`, and raises `error`."""

    def __init__(self) -> None:
        self.files: list[list[Label]] = []
        self.is_free = threading.Event()
        self.is_free.set()
        self.error: Exception | None = None

    def write(self, labels: Sequence[Label]) -> None:
        assert self.is_free.wait(20)
        if self.error is not None:
            raise self.error
        self.files.append([*labels])


@pytest.fixture
def disk() -> Disk:
    return Disk()


def make_store(disk: Disk, gather_s: float = 0.0, answer_s: float = 20.0) -> LabelStore:
    return LabelStore(disk.write, Workers(threads=1), gather_s=gather_s, answer_s=answer_s)


def test_add_returns_when_the_labels_are_on_disk(disk: Disk) -> None:
    """Not earlier."""

    async def run() -> None:
        store = make_store(disk)
        disk.is_free.clear()
        adding = asyncio.create_task(store.add(make_labels()))
        await asyncio.sleep(0.05)
        assert (adding.done(), disk.files, store.waiting) == (False, [], 1)
        disk.is_free.set()
        await adding
        assert (disk.files, store.waiting) == ([make_labels()], 0)

    asyncio.run(run())


def test_first_labels_do_not_wait(disk: Disk) -> None:
    """Only the second file within the interval waits, and takes all that arrive until then."""

    async def run() -> None:
        store = make_store(disk, gather_s=0.3)
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        await store.add(make_labels())
        assert loop.time() - started_s < 0.2
        await asyncio.gather(*(store.add(make_labels(request_id=str(n))) for n in range(100)))
        assert 0.25 < loop.time() - started_s < 2
        assert [*map(len, disk.files)] == [1, 100]
        assert [label.request_id for label in disk.files[1]] == [*map(str, range(100))]

    asyncio.run(run())


def test_many_labels_do_not_wait(disk: Disk) -> None:
    """A file of many labels is written at once, also soon after another one."""

    async def run() -> None:
        store = make_store(disk, gather_s=NEVER_S)
        await store.add(make_labels())
        few = asyncio.create_task(store.add(make_labels()))
        await asyncio.sleep(0.05)
        assert not few.done()
        await store.add(make_labels(FULL_FILE))
        await few
        assert [*map(len, disk.files)] == [1, 1 + FULL_FILE]

    asyncio.run(run())


def test_too_many_waiting_labels_are_refused_at_once(disk: Disk) -> None:
    """What was accepted before is stored."""

    async def run() -> None:
        store = make_store(disk)
        disk.is_free.clear()
        accepted = [
            asyncio.create_task(store.add(make_labels(1000))) for _ in range(MAX_WAITING // 1000)
        ]
        await asyncio.sleep(0.05)
        with pytest.raises(Overloaded, match="labels wait"):
            await store.add(make_labels())
        disk.is_free.set()
        await asyncio.gather(*accepted)
        assert sum(map(len, disk.files)) == MAX_WAITING
        await store.add(make_labels())

    asyncio.run(run())


def test_failure_reaches_every_request_of_the_file(disk: Disk) -> None:
    """Later labels are stored when the disk works again."""

    async def run() -> None:
        store = make_store(disk)
        disk.error = NotStored("full")
        results = await asyncio.gather(
            *(store.add(make_labels()) for _ in range(3)), return_exceptions=True
        )
        assert [*map(type, results)] == [NotStored] * 3
        disk.error = None
        await store.add(make_labels())
        assert (len(disk.files), store.waiting) == (1, 0)

    asyncio.run(run())


def test_slow_disk_is_not_awaited_for_ever(disk: Disk) -> None:
    """The request fails, and the labels are still written."""

    async def run() -> None:
        store = make_store(disk, answer_s=0.2)
        disk.is_free.clear()
        with pytest.raises(Overloaded, match="slow"):
            await store.add(make_labels())
        disk.is_free.set()
        await store.add(make_labels())
        assert len(disk.files) == 2

    asyncio.run(run())


def test_client_that_leaves_does_not_stop_the_others(disk: Disk) -> None:
    """A cancelled request ends no file."""

    async def run() -> None:
        store = make_store(disk)
        disk.is_free.clear()
        one, two = (asyncio.create_task(store.add(make_labels())) for _ in range(2))
        await asyncio.sleep(0.05)
        one.cancel()
        await asyncio.sleep(0)
        disk.is_free.set()
        await two
        assert [*map(len, disk.files)] == [2]

    asyncio.run(run())
