"""An answer as bare ASGI: status, headers, body."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from baton_inference.protocols.media import JSON, Headers

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

WRITE = "baton.write"
"""The ASGI scope key of a function that takes an answer and a request id and writes the answer at
once. It returns False if it wrote nothing. Baton's server sets it."""


class Answer(NamedTuple):
    """An HTTP answer.

    Attributes:
        status: the HTTP status.
        body: the bytes of the body.
        media_type: its content type.
        headers: other headers, with lower-case names.
    """

    status: int
    body: bytes
    media_type: bytes = JSON
    headers: Headers = ()

    async def send(self, scope: Scope, send: Send, request_id: str) -> None:
        """Sends the whole answer to the request with that scope."""
        write = scope.get(WRITE)
        if write is not None and write(self, request_id):
            return
        headers = [
            (b"content-type", self.media_type),
            (b"content-length", b"%d" % len(self.body)),
            (b"x-request-id", request_id.encode()),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
