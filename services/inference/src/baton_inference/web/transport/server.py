"""The HTTP/1.1 server: accepts connections, and shuts down without losing a request."""

import asyncio
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import formatdate
from types import FrameType
from typing import Protocol

import structlog
import uvloop

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.telemetry.stack import format_stack
from baton_inference.web.answers.answer import ASGIApp
from baton_inference.web.transport.connection import HttpConnection
from baton_inference.web.transport.listening import BACKLOG
from baton_inference.web.transport.state import DirectWay, ServerState
from baton_inference.web.transport.stop_signals import NUMBERS

TICK_S = 0.1
CHECK_INTERVAL_S = 1.0
"""Time between two checks for slow clients and idle connections."""
LAST_REQUESTS_S = 1.0
"""At shutdown, time for an idle connection to send one more request."""
ANSWERS_S = 6.0
"""At shutdown, time to answer the accepted requests."""
FLUSH_S = 0.1
"""At shutdown, time to send the answers of cancelled requests."""

log = structlog.get_logger("baton.http")


class Companion(Protocol):
    """Another server in the event loop of this one."""

    async def start(self) -> None:
        """Starts to serve."""
        ...

    async def stop(self) -> None:
        """Answers what was accepted, within `ANSWERS_S`, and ends."""
        ...


class Server:
    """Serves until a signal. A second SIGINT ends the shutdown early."""

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        arrivals: Arrivals,
        direct: DirectWay | None,
        companions: Sequence[Companion] = (),
    ) -> None:
        self._app = app
        self._listener = listener
        self._arrivals = arrivals
        self._direct = direct
        self._companions = companions
        self._stop_signals = 0

    async def run(self) -> None:
        """Serves, then shuts down."""
        loop = asyncio.get_running_loop()
        state = ServerState(loop, self._app, self._arrivals, self._direct)
        checked_s = loop.time()
        _set_date(state)
        with self._catch_signals():
            accepting = await loop.create_server(
                lambda: HttpConnection(state), sock=self._listener, backlog=BACKLOG
            )
            for companion in self._companions:
                await companion.start()
            # A flag and a short sleep: a signal handler may run between any two bytecodes.
            while not self._stop_signals:
                await asyncio.sleep(TICK_S)
                _set_date(state)
                now_s = loop.time()
                if now_s - checked_s >= CHECK_INTERVAL_S:
                    checked_s = now_s
                    _check_connections(state, now_s)
            stops = [companion.stop() for companion in self._companions]
            ends = await asyncio.gather(
                self._shut_down(state, accepting), *stops, return_exceptions=True
            )
            for error in ends:  # of one server; it must not end the others early
                if isinstance(error, BaseException):
                    log.error("a server failed to stop", stack=format_stack(error))

    async def _shut_down(self, state: ServerState, accepting: asyncio.Server) -> None:
        """Ends the connections, each after its last answer.

        An idle connection stays open a moment longer: its client may have just sent a request.
        """
        accepting.close()
        state.is_ending = True
        await self._wait_until_closed(state, LAST_REQUESTS_S)
        for connection in [*state.connections]:
            connection.close_if_idle()
        await self._wait_until_closed(state, ANSWERS_S)
        pending = [*state.tasks, *(self._direct.pending if self._direct else ())]
        if pending:
            log.warning("requests cancelled at shutdown", requests=len(pending))
        for each in pending:
            each.cancel()
        await asyncio.sleep(FLUSH_S)

    async def _wait_until_closed(self, state: ServerState, limit_s: float) -> None:
        end_s = state.loop.time() + limit_s
        while state.connections and state.loop.time() < end_s and self._stop_signals < 2:  # noqa: PLR2004, ASYNC110
            await asyncio.sleep(0.02)

    @contextmanager
    def _catch_signals(self) -> Iterator[None]:
        """Counts SIGTERM and SIGINT within the context, and restores their handlers after it."""

        def count(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - its shape
            self._stop_signals += 1

        previous = {number: signal.signal(number, count) for number in NUMBERS}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


def serve(
    app: ASGIApp,
    listener: socket.socket,
    arrivals: Arrivals | None = None,
    direct: DirectWay | None = None,
    companions: Sequence[Companion] = (),
) -> None:
    """Answers requests until SIGTERM or SIGINT.

    Args:
        app: answers one request.
        listener: the listening socket.
        arrivals: counts each request as soon as its head is read.
        direct: answers some requests in place of `app`.
        companions: servers that start and stop with this one.
    """
    server = Server(app, listener, arrivals or Arrivals(), direct, companions)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.run())


def _set_date(state: ServerState) -> None:
    state.date = formatdate(time.time(), usegmt=True).encode()


def _check_connections(state: ServerState, now_s: float) -> None:
    for connection in [*state.connections]:
        connection.check(now_s)
