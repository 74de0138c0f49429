"""A client of one HTTP connection, with a fake transport and a fake clock."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import ASGIApp
from baton_inference.web.transport.connection import HttpConnection
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.state import DirectWay, Peer, ServerState


class Transport(asyncio.Transport):
    """Records the written bytes and the end; `unread` is what the client has not read.

    The end is empty, `half-closed` (for writing), `closed` or `aborted`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.writes = 0
        self.unread = 0
        self.end = ""
        self.reads = True
        self.flow: list[str] = []

    def write(self, data: Any) -> None:
        assert self.end != "half-closed"
        if not self.end:
            self.written += data
            self.writes += 1

    def write_eof(self) -> None:
        self.end = self.end or "half-closed"

    def close(self) -> None:
        if self.end != "aborted":
            self.end = "closed"

    def abort(self) -> None:
        self.end = "aborted"

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.end not in ("", "half-closed")

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        self.reads = False
        self.flow.append("pause")

    def resume_reading(self) -> None:
        self.reads = True
        self.flow.append("resume")


class Task:
    """A task that runs on demand, without waiting for anything."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work

    def close(self) -> None:
        self._work.close()

    def add_done_callback(self, callback: Any) -> None:
        pass

    def run(self) -> None:
        with suppress(StopIteration):
            self._work.send(None)
            raise AssertionError("the task waits")


class Loop:
    """An event loop that runs tasks on demand, with a fake clock."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.tasks: list[Task] = []

    def time(self) -> float:
        return self.now_s

    def create_task(self, work: Coroutine[Any, Any, Any]) -> Any:
        self.tasks.append(Task(work))
        return self.tasks[-1]


async def answer_nothing(scope: Any, receive: Any, send: Any) -> None:
    """An application that answers every request with an empty body."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


class Direct:
    """Takes whole requests and keeps them; the test answers them."""

    def __init__(self) -> None:
        self.pending: set[asyncio.Future[Any]] = set()
        self.accepted: list[Exchange] = []

    def accept(self, exchange: Exchange, peer: Peer) -> bool:
        self.accepted.append(exchange)
        return True


class Client:
    """A client of one connection."""

    def __init__(self, app: ASGIApp = answer_nothing, direct: DirectWay | None = None) -> None:
        self.loop, self.transport = Loop(), Transport()
        self.state = ServerState(self.loop, app, Arrivals(), direct, date=b"today")  # type: ignore[arg-type]
        self.protocol = HttpConnection(self.state)
        self.protocol.connection_made(self.transport)

    def send(self, data: bytes) -> None:
        self.protocol.data_received(data)

    def run_tasks(self) -> None:
        """Runs the tasks that have started since the last call."""
        tasks, self.loop.tasks = self.loop.tasks, []
        for task in tasks:
            task.run()

    def close(self) -> None:
        """Ends the tasks that never ran."""
        for task in self.loop.tasks:
            task.close()

    def wait(self, seconds: float) -> str:
        """Returns how the connection ended after this time; empty if it is open."""
        self.loop.now_s += seconds
        self.protocol.check(self.loop.now_s)
        return self.transport.end

    @property
    def status(self) -> bytes:
        """The status of the answer that the server itself wrote."""
        return self.transport.written[9:12]
