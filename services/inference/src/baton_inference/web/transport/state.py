"""What all connections of the server share."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import Answer, ASGIApp
from baton_inference.web.transport.exchange import Exchange


class Peer(Protocol):
    """A connection, as those see it who answer its requests."""

    def respond(self, exchange: Exchange, answer: Answer, request_id: str) -> None:
        """Writes the whole answer to a request, after those to earlier requests."""
        ...


class DirectWay(Protocol):
    """Answers some requests without ASGI."""

    pending: set[asyncio.Future[Any]]
    """What accepted requests wait for. The server cancels it when the shutdown takes too long."""

    def accept(self, exchange: Exchange, peer: Peer) -> bool:
        """Takes a whole, plain request. Returns False if it must be answered by ASGI."""
        ...


@dataclass
class ServerState:
    """The state of the server.

    Attributes:
        loop: the event loop.
        app: answers all requests that are not answered directly.
        arrivals: counts each request as soon as its head is read.
        direct: answers requests without ASGI; None if ASGI answers all.
        date: the value of the `Date` header.
        connections: those that are open.
        tasks: one for each open ASGI request.
        is_ending: whether the server shuts down: the last answer on a connection closes it.
    """

    loop: asyncio.AbstractEventLoop
    app: ASGIApp
    arrivals: Arrivals
    direct: DirectWay | None = None
    date: bytes = b""
    connections: set[Any] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    is_ending: bool = False
