"""uvicorn's HTTP/1.1 connection, with problems as errors and limits for slow clients.

uvicorn sets no time limit for sending a request or reading an answer, and no size limit for a head.
"""

from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.problems import MEDIA_TYPE, build_status_problem
from baton_inference.web.front import RequestIds
from baton_inference.web.transport.wire import offer_write

MAX_HEAD_BYTES = 64 * 1024
"""The request line and the headers; proxies and servers allow 8 to 64 KiB."""
GRACE_S = 20.0
"""Time to send a request or to read an answer of any size."""
MIN_BYTES_PER_S = 32 * 1024
"""Minimum speed after the grace time: large bodies get more time."""


class HttpConnection(HttpToolsProtocol):
    """One connection. The server calls `close_if_slow` about once a second."""

    _is_partial = False
    _is_head = True
    _received = 0
    _awaited_since_s: float | None = None
    """Start of the current request; for the first request, start of the connection."""
    _unread_since_s: float | None = None
    _unread_bytes = 0

    def __init__(self, *args: Any, arrivals: Arrivals, **kwargs: Any) -> None:
        """`arrivals` counts the requests; uvicorn passes all other arguments."""
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
            self._reject(431, f"the head of the request exceeds {MAX_HEAD_BYTES} bytes")

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

    def close_if_slow(self, now_s: float) -> None:
        """Closes the connection if the client is too slow; `now_s` is the loop's time."""
        since_s = self._awaited_since_s
        if since_s is not None and _is_over(now_s - since_s, self._received):
            if self._is_partial and not self._is_being_answered():
                self._reject(408, "the request did not arrive in time")
            self.transport.close()  # a handler that waits for the body gets a disconnect
        self._abort_if_unread(now_s)

    def _is_being_answered(self) -> bool:
        """Whether an answer has started, so that another must not be written into it."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_started and not cycle.response_complete

    def _abort_if_unread(self, now_s: float) -> None:
        size = self.transport.get_write_buffer_size()
        if not size:
            self._unread_since_s = None
        elif self._unread_since_s is None:
            self._unread_since_s, self._unread_bytes = now_s, size
        elif _is_over(now_s - self._unread_since_s, self._unread_bytes):
            self.transport.abort()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Starts a request in the event loop's next turn; called by uvicorn."""
        self._arrivals.note_arrival()
        offer_write(cycle)
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Answers bytes that uvicorn cannot parse; called by uvicorn."""
        self._reject(400, msg)

    def _reject(self, status: int, detail: str) -> None:
        """Writes a problem and closes the connection."""
        request_id = RequestIds().create()
        problem = build_status_problem(status, detail, request_id)
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"content-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(problem.body)}\r\n"
            f"x-request-id: {request_id}\r\n"
            "connection: close\r\n"
        )
        defaults = dict(self.server_state.default_headers)  # uvicorn keeps the date there
        date = b"date: %b\r\n" % defaults[b"date"] if b"date" in defaults else b""
        if self.cycle is not None:
            self.cycle.disconnected = True  # drops an answer that its handler still sends
        self.transport.write(head.encode() + date + b"\r\n" + problem.body)
        self.transport.close()


def _is_over(waited_s: float, size: int) -> bool:
    """Whether the time for `size` bytes is over."""
    return waited_s > GRACE_S + size / MIN_BYTES_PER_S
