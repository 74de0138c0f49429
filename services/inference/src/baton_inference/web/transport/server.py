"""The HTTP server: uvicorn, listening where it is told, and ending without losing a request."""

import asyncio
import socket
from functools import partial
from typing import Any

import uvicorn

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import ASGIApp
from baton_inference.web.transport.connection import Protocol
from baton_inference.web.transport.listening import BACKLOG

KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection: so it is they who close it, and no
request meets a connection that is just being closed."""
LAST_REQUESTS_S = 1.0
"""How long a connection that was idle at the end may still bring a request."""
ANSWERS_S = 6.0
"""How long accepted requests may take to be answered at the end."""
LAST_WORDS_S = 0.1
"""For the answers of requests that were given up to leave the process."""
TICKS_PER_LOOK = 10
"""How many of uvicorn's ticks, a tenth of a second each, between two looks for slow clients."""


class Server(uvicorn.Server):
    """uvicorn's server with a gentler end, and with an end to its patience.

    uvicorn closes idle connections at once, and a request that is on its way on one of them is
    lost. Here, connections first stay open for a moment; each answer tells the client to close.
    """

    async def on_tick(self, counter: int) -> bool:
        """Looks after connections; called by uvicorn, ten times a second."""
        if counter % TICKS_PER_LOOK == 0:
            now_s = asyncio.get_running_loop().time()
            for connection in [*self.server_state.connections]:
                if isinstance(connection, Protocol):
                    connection.end_if_slow(now_s)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the server; called by uvicorn."""
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [
            *self.server_state.default_headers,
            (b"connection", b"close"),
        ]
        loop = asyncio.get_running_loop()
        end_s = loop.time() + LAST_REQUESTS_S
        # uvicorn keeps a set, and no event to wait for.
        while self.server_state.connections and loop.time() < end_s:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)
        await asyncio.sleep(LAST_WORDS_S)


def serve(app: ASGIApp, listener: socket.socket, arrivals: Arrivals | None = None) -> None:
    """Answers requests until SIGTERM or SIGINT.

    Args:
        app: answers one request.
        listener: where they come from.
        arrivals: is told of each request as soon as its head is read.
    """
    connection: Any = partial(Protocol, arrivals=arrivals or Arrivals())
    config = uvicorn.Config(
        _as_asgi(app),
        loop="uvloop",
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # nobody reads the client's address, and each request would pay for it
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(ANSWERS_S),
    )
    Server(config).run(sockets=[listener])


def _as_asgi(app: ASGIApp) -> Any:
    """Our own types of ASGI are looser than uvicorn's."""
    return app
