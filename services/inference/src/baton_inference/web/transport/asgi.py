"""One ASGI request: gives the body to the application, and takes its answer.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
from typing import Protocol

import structlog

from baton_inference.errors import ShuttingDown
from baton_inference.protocols.media import Headers
from baton_inference.web.answers.answer import Answer, ASGIApp, Message, Scope
from baton_inference.web.answers.problems import build_internal_problem, build_problem
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.flow import Flow

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BODILESS = (204, 304)

log = structlog.get_logger("baton.http")


class AsgiConnection(Protocol):
    """The connection of an ASGI request."""

    transport: asyncio.Transport
    flow: Flow

    def encode_head(self, exchange: Exchange, status: int, headers: Headers) -> bytes:
        """Encodes the head of the answer."""
        ...

    def update_reading(self) -> None:
        """Reads on if the application has taken enough of the body."""
        ...

    def finish_asgi(self) -> None:
        """Ends the request after its answer."""
        ...


class AsgiExchange:
    """An ASGI request. It holds no reference to its scope: that would be a reference cycle."""

    def __init__(self, exchange: Exchange, connection: AsgiConnection) -> None:
        self.exchange = exchange
        self._connection = connection
        self._changed = asyncio.Event()
        self._is_body_taken = False
        self._is_over = False  # the answer is complete, or the client has disconnected
        self._awaits_continue = (
            not exchange.is_plain
            and exchange.version != "1.0"  # RFC 9110, 10.1.1
            and (b"expect", b"100-continue")
            in ((name, value.lower()) for name, value in exchange.headers)
        )
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._left: int | None = None  # bytes of the answer's body; None without a length

    def wake(self) -> None:
        """Notes that more of the body may have arrived."""
        self._changed.set()

    def disconnect(self) -> None:
        """Notes that the client takes no answer."""
        self._is_over = True
        self._changed.set()

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Calls the application. A request always gets an answer, or loses its connection."""
        try:
            await app(scope, self.receive, self.send)
        except asyncio.CancelledError:  # the server's last resort at shutdown
            request_id = RequestIds().create()
            await self._fail(build_problem(ShuttingDown(), request_id), request_id)
        except Exception:
            request_id = RequestIds().create()
            log.exception("request failed", request_id=request_id, path=scope["path"])
            await self._fail(build_internal_problem(request_id, scope["path"]), request_id)
        if not self._is_over:
            self.exchange.keeps_alive = False
            self._finish()

    async def receive(self) -> Message:
        """Waits for the next part of the body, or for the end."""
        exchange = self.exchange
        if self._awaits_continue and not exchange.is_whole and not self._is_over:
            self._awaits_continue = False
            await self._connection.flow.write(CONTINUE)
        while not self._is_over:
            if not self._is_body_taken and (exchange.body or exchange.is_whole):
                self._is_body_taken = exchange.is_whole
                body = exchange.take_body()
                self._connection.update_reading()
                return {"type": "http.request", "body": body, "more_body": not exchange.is_whole}
            self._changed.clear()
            await self._changed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Takes a message of the answer. The head is written with the first part of the body."""
        if self._is_over or self._connection.transport.is_closing():
            return
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [*message.get("headers", ())]
            return
        body: bytes = message.get("body", b"")
        is_last = not message.get("more_body", False)
        head = b""
        if not self.exchange.is_answered:
            head = self._encode_head(None if not is_last else len(body))
        if self._left is not None:
            self._left -= len(body)
        await self._connection.flow.write(head if self.exchange.method == "HEAD" else head + body)
        if is_last and not self._is_over:
            if self._left and self.exchange.method != "HEAD":
                self.exchange.keeps_alive = False  # the length was wrong
            self._finish()

    def _encode_head(self, length: int | None) -> bytes:
        """Encodes the head; `length` is that of the body if it is known already."""
        for name, value in self._headers:
            if name == b"content-length":
                self._left = int(value)
                break
        else:
            if length is None:
                self.exchange.keeps_alive = False  # the end of the connection ends the body
            elif self._status not in BODILESS:
                self._headers.append((b"content-length", b"%d" % length))
        if self._awaits_continue and not self.exchange.is_whole:
            self.exchange.keeps_alive = False  # RFC 9110, 10.1.1: the body may never come
        return self._connection.encode_head(self.exchange, self._status, self._headers)

    async def _fail(self, problem: Answer, request_id: str) -> None:
        if not self.exchange.is_answered:
            await problem.send(self.send, request_id)

    def _finish(self) -> None:
        self.disconnect()
        self._connection.finish_asgi()
