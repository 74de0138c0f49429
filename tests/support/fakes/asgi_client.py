"""A client that calls an application without a server: as ASGI, or as the server's direct way."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from baton_inference.web.answers.answer import Answer, ASGIApp, Message
from baton_inference.web.front import Front
from baton_inference.web.transport.exchange import Exchange

JSON = {"content-type": "application/json"}
PREFERS_DIRECT: ContextVar[bool] = ContextVar("PREFERS_DIRECT", default=False)
"""Whether requests that need no ASGI are answered without it."""


@dataclass
class Response:
    """What an ASGI application sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass
class Request:
    """A request. `pieces` form its body; with `is_cut` the client disconnects after them."""

    method: str
    path: str
    pieces: Sequence[bytes] = (b"",)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


def post(path: str, *pieces: bytes, **headers: str) -> Request:
    """Builds a POST of JSON, unless `content_type` names another type."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", path, pieces, {**JSON, **named})


async def call_async(app: ASGIApp, request: Request) -> Response:
    """Sends one request."""
    if PREFERS_DIRECT.get() and isinstance(app, Front):
        answer = await _call_directly(app, request)
        if answer is not None:
            return answer
    last = len(request.pieces) - 1
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": request.is_cut or number < last}
        for number, piece in enumerate(request.pieces)
    ]
    response = Response()

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        if request.is_cut:
            return {"type": "http.disconnect"}
        return await asyncio.Future()  # the client waits for the response

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        response.body += message.get("body", b"")

    await app(_build_scope(request), receive, send)
    return response


class _Peer:
    """A connection that keeps the answer."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    def respond(self, exchange: Exchange, answer: Answer, request_id: str) -> None:
        headers = {k.decode(): v.decode() for k, v in answer.build_headers(request_id)}
        self.answer.set_result(Response(answer.status, headers, answer.body))


async def _call_directly(app: Front, request: Request) -> Response | None:
    """Sends a request as the server does; returns None if it needs ASGI."""
    if request.method != "POST" or len(request.pieces) != 1 or request.is_cut:
        return None
    exchange, peer = Exchange(), _Peer()
    exchange.target, exchange.body = request.path.encode(), request.pieces[0]
    length = {"content-length": str(len(exchange.body))}
    exchange.headers = _build_headers({**length, **request.headers})
    if app.direct is None or not app.direct.accept(exchange, peer):
        return None
    return await peer.answer


def call(app: ASGIApp, request: Request) -> Response:
    """Sends one request in a new event loop."""
    return asyncio.run(call_async(app, request))


def get(app: ASGIApp, path: str) -> Response:
    """Sends a GET."""
    return call(app, Request("GET", path))


def _build_scope(request: Request) -> dict[str, Any]:
    headers = _build_headers(request.headers)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }


def _build_headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
