"""uvicorn's HTTP/1.1 with our problems, and without patience for who keeps it waiting.

uvicorn lets a client take for ever over the head of a request, its body or the reading of an
answer, and reads a head of any size.
"""

from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.problems import MEDIA_TYPE, status_problem
from baton_inference.web.front import RequestIds
from baton_inference.web.transport.wire import offer

MAX_HEAD_BYTES = 64 * 1024
"""The request line and the headers; proxies and servers allow 8 to 64 KiB."""
GRACE_S = 20.0
"""How long a request may take to arrive, or an answer to be read, whatever its size."""
MIN_BYTES_PER_S = 32 * 1024
"""How fast a large one must come or go on top of that."""


class Protocol(HttpToolsProtocol):
    """One connection. Whoever runs the server calls `end_if_slow` once in a while."""

    _is_partial = False
    _is_head = True
    _received = 0
    _awaited_since_s: float | None = None
    """Since when a request has been arriving; the first is awaited from the connection on."""
    _unread_since_s: float | None = None
    _unread_bytes = 0

    def __init__(self, *args: Any, arrivals: Arrivals, **kwargs: Any) -> None:
        """Takes what uvicorn gives, and what to tell of each request."""
        super().__init__(*args, **kwargs)
        self._arrivals = arrivals

    def connection_made(self, transport: Any) -> None:
        """Called by the event loop."""
        super().connection_made(transport)
        self._awaited_since_s = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self._awaited_since_s is None:
            self._awaited_since_s = self.loop.time()
        self._received += len(data)
        super().data_received(data)
        if not self._is_partial:
            self._awaited_since_s, self._received = None, 0
        elif self._is_head and self._received > MAX_HEAD_BYTES:
            self._refuse(431, f"the head of the request is over {MAX_HEAD_BYTES} bytes")

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._is_partial = self._is_head = True
        self._unread_since_s = None
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._is_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._is_partial = False
        super().on_message_complete()

    def end_if_slow(self, now_s: float) -> None:
        """Ends the connection of a client that takes too long, at a reading of the loop's clock."""
        since_s = self._awaited_since_s
        if since_s is not None and _is_over(now_s - since_s, self._received):
            if self._is_partial and not self._is_being_answered():
                self._refuse(408, "the request did not arrive in time")
            self.transport.close()  # a handling that waits for the body learns that nobody is left
        self._end_if_unread(now_s)

    def _is_being_answered(self) -> bool:
        """Whether an answer is on its way already, into which another must not be written."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_started and not cycle.response_complete

    def _end_if_unread(self, now_s: float) -> None:
        size = self.transport.get_write_buffer_size()
        if not size:
            self._unread_since_s = None
        elif self._unread_since_s is None:
            self._unread_since_s, self._unread_bytes = now_s, size
        elif _is_over(now_s - self._unread_since_s, self._unread_bytes):
            self.transport.abort()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Begins a request in the event loop's next turn; called by uvicorn."""
        self._arrivals.note_arrival()
        offer(cycle)
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Answers what cannot be parsed; called by uvicorn."""
        self._refuse(400, msg)

    def _refuse(self, status: int, detail: str) -> None:
        """Answers what is no request, and ends the connection."""
        request_id = RequestIds().new()
        problem = status_problem(status, detail, request_id)
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"content-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(problem.body)}\r\n"
            f"x-request-id: {request_id}\r\n"
            "connection: close\r\n"
        )
        kept = dict(self.server_state.default_headers)  # uvicorn keeps the date there
        date = b"date: %b\r\n" % kept[b"date"] if b"date" in kept else b""
        if self.cycle is not None:
            self.cycle.disconnected = True  # what its handling says comes too late
        self.transport.write(head.encode() + date + b"\r\n" + problem.body)
        self.transport.close()


def _is_over(waited_s: float, size: int) -> bool:
    """Whether so many bytes may not take any longer."""
    return waited_s > GRACE_S + size / MIN_BYTES_PER_S
