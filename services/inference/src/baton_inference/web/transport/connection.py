"""One HTTP/1.1 connection: starts its requests and writes their answers, both in order."""

import asyncio
from collections import deque
from typing import Any

from baton_inference.web.answers.answer import Answer
from baton_inference.web.transport.asgi import AsgiExchange
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.flow import Flow
from baton_inference.web.transport.head import encode_answer_head, encode_head
from baton_inference.web.transport.reader import InvalidRequest, RequestReader
from baton_inference.web.transport.rejection import build_rejection
from baton_inference.web.transport.scope import build_scope, read_addresses
from baton_inference.web.transport.state import ServerState
from baton_inference.web.transport.timeouts import Timeouts

MAX_DIRECT = 16
"""Pipelined requests of a connection that one turn of the event loop answers directly."""
MAX_BUFFERED_BYTES = 64 * 1024
"""The part of a body that is kept until the application takes it."""
LINGER_S = 2.0
"""Time for a client that is still sending to read an answer that closes its connection."""


class HttpConnection(asyncio.Protocol):
    """One connection. The server calls `check` about once a second.

    A request is answered directly if `ServerState.direct` accepts it, else by ASGI, one at a time.
    """

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._reader = RequestReader()
        self._open: deque[Exchange] = deque()
        """Started and not answered: either one ASGI request, or direct ones and rejections."""
        self._asgi: AsgiExchange | None = None
        self._is_rejected = False
        self._lingers_since_s: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Called by the event loop, as the methods down to `resume_writing`."""
        self.transport: asyncio.Transport = transport
        self._timeouts = Timeouts(self._state.loop.time())
        self.flow = Flow(transport)
        self._addresses = read_addresses(transport)
        self._state.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Reads requests, and starts those that need not wait."""
        reader = self._reader
        incomplete = reader.current
        try:
            reader.feed(data)
        except InvalidRequest as error:
            self._reject(error.status, str(error))
            return
        current = reader.current
        if current is None or incomplete not in (None, current):
            self._timeouts.note_whole()
        if current is not None:
            self._timeouts.note_part(self._state.loop.time(), reader.received)
        if reader.requests:
            self._start_requests()
        if self._asgi is not None:
            self._asgi.wake()
        if reader.requests or self._asgi is not None:
            self.update_reading()

    def eof_received(self) -> bool:
        """Keeps the connection for the answers to whole requests; RFC 9112, 9.6.

        A request that has not arrived whole gets no answer.
        """
        if self._asgi is not None and self._asgi.exchange is self._reader.current:
            return False  # it is the last one, and alone
        self._reader.drop_incomplete()
        self._timeouts.note_whole()
        exchanges = [*self._open, *self._reader.requests]
        if exchanges:
            exchanges[-1].keeps_alive = False
        return bool(exchanges)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its shape
        """Frees everything."""
        self._state.connections.discard(self)
        self._drop_all()
        self.flow.resume_writing()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self.flow.pause_writing()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self.flow.resume_writing()

    def check(self, now_s: float) -> None:
        """Closes the connection if its client is too slow, or idle for too long."""
        if not self.flow.is_reading:
            self._timeouts.note_pause(now_s)
        if self._lingers_since_s is not None:
            if now_s - self._lingers_since_s > LINGER_S:
                self.transport.close()
        elif self._timeouts.is_sent_too_slowly(now_s):
            if self._reader.current is not None:
                self._reject(408, "the request did not arrive in time")
            elif not self._open:
                self.transport.close()
        elif not self._open and self._timeouts.is_idle_too_long(now_s):
            self.transport.close()
        if self._timeouts.is_read_too_slowly(now_s, self.transport.get_write_buffer_size()):
            self.transport.abort()

    def close_if_idle(self) -> None:
        """Closes the connection unless a request is open."""
        if not self._open:
            self.transport.close()

    def respond(self, exchange: Exchange, answer: Answer, request_id: str) -> None:
        """Writes the whole answer to a request, after those to earlier requests."""
        if not self._open or self.transport.is_closing():
            return
        try:
            closes, date = self._closes_after(exchange), self._state.date
            head = encode_answer_head(answer, request_id, date, closes=closes)
            exchange.is_answered = True
        except Exception:
            self._close()  # else all later answers would wait for this one
            raise
        exchange.output = head + answer.body
        self._write_answers()

    def encode_head(self, exchange: Exchange, status: int, headers: Any) -> bytes:
        """Encodes the head of an answer; decides whether the answer closes the connection."""
        closes = self._closes_after(exchange)
        head = encode_head(status, headers, self._state.date, closes=closes)
        exchange.is_answered = True
        return head

    def update_reading(self) -> None:
        """Reads no more than the requests that are being answered need."""
        asgi = self._asgi
        is_full = asgi is not None and len(asgi.exchange.body) > MAX_BUFFERED_BYTES
        self.flow.read_if(not self._reader.requests and not is_full)

    def finish_asgi(self) -> None:
        """Ends the open ASGI request, whose answer is written, and starts the next request."""
        self._asgi = None
        exchange = self._open.popleft()
        if exchange.keeps_alive and not self.transport.is_closing():
            self._start_requests()
            self._write_answers()
            self.update_reading()
        else:
            self._close()

    def _closes_after(self, exchange: Exchange) -> bool:
        """Decides whether the answer to this request closes the connection."""
        is_last = self._open[-1] is exchange and not self._reader.requests
        if self._state.is_ending and is_last:
            exchange.keeps_alive = False
        return not exchange.keeps_alive

    def _start_requests(self) -> None:
        requests, opened = self._reader.requests, self._open
        while requests:
            exchange = requests[0]
            if exchange.output is None and not self._start_directly(exchange):
                if opened:
                    break
                if not self._start_asgi(exchange):
                    return
            opened.append(requests.popleft())

    def _start_directly(self, exchange: Exchange) -> bool:
        state = self._state
        return (
            exchange.is_plain
            and exchange.is_whole
            and state.direct is not None
            and self._asgi is None
            and len(self._open) < MAX_DIRECT
            and self.flow.is_writable
            and not state.is_ending
            and state.direct.accept(exchange, self)
        )

    def _start_asgi(self, exchange: Exchange) -> bool:
        """Starts a request in the event loop's next turn. Returns False if it rejects it."""
        state = self._state
        try:
            scope = build_scope(exchange, self._addresses)
        except InvalidRequest as error:
            self._reader.requests.clear()
            self._reject(error.status, str(error))
            return False
        state.arrivals.note_arrival()
        self._asgi = AsgiExchange(exchange, self)
        task = state.loop.create_task(self._asgi.run(state.app, scope))
        task.add_done_callback(state.tasks.discard)
        state.tasks.add(task)
        return True

    def _reject(self, status: int, detail: str) -> None:
        """Answers bytes that are not a good request with a problem, and closes the connection."""
        current, requests = self._reader.current, [*self._reader.requests]
        self._reader.close()
        self._is_rejected = True
        if current is not None and current.is_answered:
            self._close()
            return
        if self._asgi is not None and self._asgi.exchange is current:
            self._asgi.disconnect()  # drops an answer that the application still sends
            self._asgi = None
            self._open.clear()
        rejection = build_rejection(status, detail, self._state.date)
        self._reader.requests += [*(each for each in requests if each is not current), rejection]
        self._start_requests()
        self._write_answers()

    def _write_answers(self) -> None:
        """Writes the answers that need not wait for earlier ones."""
        opened = self._open
        while opened and (output := opened[0].output) is not None:
            exchange = opened.popleft()
            self.transport.write(output)
            if not exchange.keeps_alive:
                self._close()
                return
        if self._reader.requests and not opened:
            self._start_requests()
            self.update_reading()

    def _close(self) -> None:
        """Closes the connection; first only for writing if the client may still be sending.

        A client that sends to a closed connection is reset, and may lose the answer: RFC 9112, 9.6.
        A server that shuts down does not wait for such a client.
        """
        is_sending = self._is_rejected or self._reader.current is not None
        self._drop_all()
        if not is_sending or self._state.is_ending or self.transport.is_closing():
            self.transport.close()
        elif self._lingers_since_s is None:
            self._lingers_since_s = self._state.loop.time()
            self.flow.read_if(True)
            self.transport.write_eof()

    def _drop_all(self) -> None:
        """Forgets all requests; an application that still works gets a disconnect."""
        if self._asgi is not None:
            self._asgi.disconnect()
            self._asgi = None
        self._open.clear()
        self._reader.close()
