"""An answer as bare ASGI: status, headers, body."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from baton_inference.protocols.media import JSON, Headers

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
FixedHeaders = tuple[tuple[bytes, bytes], ...]
"""Headers that can be the key of a cache."""


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
    headers: FixedHeaders = ()

    def build_headers(self, request_id: str) -> Headers:
        """Builds all headers, in the order in which they are sent."""
        return (
            (b"content-type", self.media_type),
            (b"content-length", b"%d" % len(self.body)),
            (b"x-request-id", request_id.encode()),
            *self.headers,
        )

    async def send(self, send: Send, request_id: str) -> None:
        """Sends the whole answer through an ASGI server."""
        headers = self.build_headers(request_id)
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
