"""The HTTP server: uvicorn, with a shutdown that loses no request."""

import asyncio
import socket
from functools import partial
from typing import Any

import uvicorn

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import ASGIApp
from baton_inference.web.transport.connection import HttpConnection
from baton_inference.web.transport.listening import BACKLOG

KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection. So they close it first, and no request
arrives on a connection that the server is closing."""
LAST_REQUESTS_S = 1.0
"""At shutdown, time for an idle connection to send one more request."""
ANSWERS_S = 6.0
"""At shutdown, time to answer the accepted requests."""
FLUSH_S = 0.1
"""At shutdown, time to send the answers of cancelled requests."""
TICKS_PER_CHECK = 10
"""How many of uvicorn's ticks (0.1 s each) pass between two checks for slow clients."""


class Server(uvicorn.Server):
    """uvicorn's server with a graceful shutdown and checks for slow clients.

    uvicorn closes idle connections at once, which loses a request that a client has just sent.
    Here, connections stay open a moment longer, and each answer carries `Connection: close`.
    """

    async def on_tick(self, counter: int) -> bool:
        """Closes the connections of slow clients; called by uvicorn, ten times a second."""
        if counter % TICKS_PER_CHECK == 0:
            now_s = asyncio.get_running_loop().time()
            for connection in [*self.server_state.connections]:
                if isinstance(connection, HttpConnection):
                    connection.close_if_slow(now_s)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shuts the server down; called by uvicorn."""
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [
            *self.server_state.default_headers,
            (b"connection", b"close"),
        ]
        loop = asyncio.get_running_loop()
        end_s = loop.time() + LAST_REQUESTS_S
        # uvicorn keeps a set of connections, and no event to wait for.
        while self.server_state.connections and loop.time() < end_s:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)
        await asyncio.sleep(FLUSH_S)


def serve(app: ASGIApp, listener: socket.socket, arrivals: Arrivals | None = None) -> None:
    """Answers requests until SIGTERM or SIGINT.

    Args:
        app: answers one request.
        listener: the listening socket.
        arrivals: counts each request as soon as its head is read.
    """
    connection: Any = partial(HttpConnection, arrivals=arrivals or Arrivals())
    config = uvicorn.Config(
        _as_asgi(app),
        loop="uvloop",
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # Baton does not use the client's address; this saves time
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(ANSWERS_S),
    )
    Server(config).run(sockets=[listener])


def _as_asgi(app: ASGIApp) -> Any:
    """Bridges the types: Baton's ASGI types are looser than uvicorn's."""
    return app
