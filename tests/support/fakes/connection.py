"""A client of one HTTP connection, with a fake transport and a fake clock."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import ASGIApp
from baton_inference.web.transport.connection import HttpConnection
from baton_inference.web.transport.state import DirectWay, ServerState


class Transport(asyncio.Transport):
    """Records the written bytes and the end; `unread` is what the client has not read."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.unread = 0
        self.end = ""
        self.is_reading = True

    def write(self, data: Any) -> None:
        if not self.end:
            self.written += data

    def close(self) -> None:
        self.end = self.end or "closed"

    def abort(self) -> None:
        self.end = "aborted"

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return bool(self.end)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True


class Task:
    """A task that never runs."""

    def add_done_callback(self, callback: Any) -> None:
        pass


class Loop:
    """An event loop that runs no tasks, with a fake clock."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def time(self) -> float:
        return self.now_s

    def create_task(self, task: Coroutine[Any, Any, Any]) -> Any:
        task.close()
        return Task()


async def _unused_app(scope: Any, receive: Any, send: Any) -> None:
    """An application that is never called."""


class Client:
    """A client of one connection."""

    def __init__(self, app: ASGIApp = _unused_app, direct: DirectWay | None = None) -> None:
        self.loop, self.transport = Loop(), Transport()
        self.state = ServerState(self.loop, app, Arrivals(), direct, date=b"today")  # type: ignore[arg-type]
        self.protocol = HttpConnection(self.state)
        self.protocol.connection_made(self.transport)

    def send(self, data: bytes) -> None:
        self.protocol.data_received(data)

    def wait(self, seconds: float) -> str:
        """Returns how the connection ended after this time; empty if it is open."""
        self.loop.now_s += seconds
        self.protocol.check(self.loop.now_s)
        return self.transport.end

    @property
    def status(self) -> bytes:
        """The status of the answer that the server itself wrote."""
        return self.transport.written[9:12]
