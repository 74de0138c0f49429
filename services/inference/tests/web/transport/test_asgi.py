"""One ASGI request, with a fake transport and a real event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from baton_inference.web.answers.answer import ASGIApp, Message, Receive, Scope, Send
from baton_inference.web.transport.connection import MAX_BUFFERED_BYTES
from tests.support.fakes.connection import Client

POST = b"POST /a%20b?q=1 HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n"


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(content: bytes = b"", *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


def answering(*messages: Message) -> ASGIApp:
    """Creates an application that sends these messages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def talk(app: ASGIApp, use: Callable[[Client], Awaitable[None]]) -> Client:
    """Runs `use` with a client of the application; returns the client at the end."""

    async def run() -> Client:
        client = Client(app)
        client.state.loop = asyncio.get_running_loop()
        await use(client)
        await settle()
        for task in client.state.tasks:
            task.cancel()
        await settle()
        return client

    return asyncio.run(run())


async def settle() -> None:
    """Lets all tasks run until they wait for the client."""
    for _ in range(5):
        await asyncio.sleep(0)


def ask(app: ASGIApp, request: bytes = POST + b"\r\nhello") -> Client:
    """Sends one request."""

    async def use(client: Client) -> None:
        client.send(request)

    return talk(app, use)


def test_scope_describes_the_request() -> None:
    """The path is decoded, names of headers are in lower case."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    ask(app, POST.replace(b"host", b"HoSt") + b"\r\nhello")
    (scope,) = scopes
    assert (scope["method"], scope["path"], scope["raw_path"]) == ("POST", "/a b", b"/a%20b")
    assert scope["query_string"] == b"q=1"
    assert scope["headers"][0] == (b"host", b"x")


def test_body_arrives_piece_by_piece() -> None:
    """Then the application waits, and a disconnect ends the wait."""
    received: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while not received or received[-1]["type"] != "http.disconnect":
            received.append(await receive())

    async def use(client: Client) -> None:
        client.send(POST + b"\r\nhe")
        await settle()
        client.send(b"llo")
        await settle()
        assert len(received) == 2
        client.protocol.connection_lost(None)

    talk(app, use)
    assert [(each.get("body"), each.get("more_body")) for each in received] == [
        (b"he", True),
        (b"llo", False),
        (None, None),
    ]


def test_large_body_is_read_as_the_application_takes_it() -> None:
    """The connection does not keep more than the application wants."""
    proceed = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await proceed.wait()
        await receive()
        await asyncio.Event().wait()

    async def use(client: Client) -> None:
        client.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 999999\r\n\r\n")
        client.send(b"x" * MAX_BUFFERED_BYTES)
        assert client.transport.flow == []
        client.send(b"x")
        assert client.transport.flow == ["pause"]
        proceed.set()
        await settle()
        assert client.transport.flow == ["pause", "resume"]

    talk(app, use)


def test_answer_is_one_write() -> None:
    """The head waits for the first part of the body."""
    client = ask(answering(start(200, (b"content-length", b"2")), body(b"ok")))
    assert client.transport.writes == 1
    expected = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ndate: today\r\n\r\nok"
    assert client.transport.written == expected
    assert client.transport.end == ""


@pytest.mark.parametrize(
    ("messages", "length", "end"),
    [
        ((start(), body(b"ok")), b"2", ""),
        ((start(204), body()), None, ""),
        ((start(), body(b"o", more=True), body(b"k")), None, "closed"),
        ((start(200, (b"content-length", b"3")), body(b"ok")), b"3", "closed"),
        ((start(200, (b"content-length", b"1")), body(b"ok")), b"1", "closed"),
        ((start(),), b"", "closed"),
        ((start(), body(b"o", more=True)), None, "closed"),
        ((), b"", "closed"),
    ],
)
def test_length_or_close_ends_the_body(
    messages: tuple[Message, ...], length: bytes | None, end: str
) -> None:
    """A body has a Content-Length, or the end of the connection ends it."""
    client = ask(answering(*messages))
    written = client.transport.written
    assert client.transport.end == end
    if length:
        assert b"content-length: " + length + b"\r\n" in written
    else:
        assert b"content-length" not in written


def test_head_has_no_body() -> None:
    """The Content-Length stays."""
    request = b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n"
    client = ask(answering(start(200, (b"content-length", b"2")), body(b"ok")), request)
    assert client.transport.written.endswith(b"content-length: 2\r\ndate: today\r\n\r\n")
    assert client.transport.end == ""


def test_expected_continue_is_sent_when_the_body_is_wanted() -> None:
    """RFC 9110, 10.1.1: an application that answers at once does not want it."""

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        await answering(start(), body(message["body"]))(scope, receive, send)

    async def use(client: Client) -> None:
        client.send(POST + b"expect: 100-continue\r\n\r\n")
        await settle()
        client.send(b"hello")

    client = talk(reader, use)
    assert client.transport.written.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert client.transport.end == ""
    client = talk(answering(start(413), body(b"no")), use)
    assert client.transport.written.startswith(b"HTTP/1.1 413")
    assert client.transport.end == "half-closed"


def test_old_client_gets_no_continue() -> None:
    """RFC 9110, 10.1.1: HTTP/1.0 does not know it."""

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        await answering(start(), body(message["body"]))(scope, receive, send)

    async def use(client: Client) -> None:
        client.send(POST.replace(b"1.1", b"1.0") + b"expect: 100-continue\r\n\r\n")
        await settle()
        client.send(b"hello")

    assert talk(reader, use).transport.written.startswith(b"HTTP/1.1 200 OK")


def test_rest_of_a_body_is_dropped_after_the_answer() -> None:
    """The next request on the connection is read."""

    async def use(client: Client) -> None:
        client.send(POST + b"\r\nhe")
        await settle()
        client.send(b"llo" + POST + b"\r\nhello")

    client = talk(answering(start(), body(b"ok")), use)
    assert client.transport.written.count(b"HTTP/1.1 200") == 2
    assert client.transport.end == ""


async def _fail(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError


async def _fail_late(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start(200, (b"content-length", b"9")))
    await send(body(b"begun", more=True))
    raise ZeroDivisionError


@pytest.mark.parametrize(("app", "status"), [(_fail, b"500"), (_fail_late, b"200")])
def test_exception_is_logged(app: ASGIApp, status: bytes) -> None:
    """It becomes a problem, or ends an answer that has begun."""
    with capture_logs() as logs:
        client = ask(app)
    assert [entry["event"] for entry in logs] == ["request failed"]
    assert client.status == status
    assert client.transport.written.count(b"HTTP/1.1") == 1
    assert (client.transport.end == "closed") == (status == b"200")


def test_cancelled_request_gets_a_problem() -> None:
    """At shutdown, a request that takes too long can be sent again."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    client = ask(app)
    assert client.status == b"503"
    assert b"retry-after" in client.transport.written


def test_header_cannot_forge_another() -> None:
    """A line break in a value is an error of the application."""
    with capture_logs() as logs:
        client = ask(answering(start(200, (b"x", b"a\r\nset-cookie: b")), body(b"ok")))
    assert logs[0]["event"] == "request failed"
    assert client.status == b"500"
    assert b"set-cookie" not in client.transport.written


def test_disconnected_client_gets_no_answer() -> None:
    """The application may send; nothing is written."""
    proceed = asyncio.Event()
    messages: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await proceed.wait()
        await answering(start(), body(b"ok"))(scope, receive, send)
        messages.append(await receive())

    async def use(client: Client) -> None:
        client.send(POST + b"\r\nhello")
        await settle()
        client.protocol.connection_lost(None)
        proceed.set()

    assert talk(app, use).transport.written == b""
    assert messages == [{"type": "http.disconnect"}]
