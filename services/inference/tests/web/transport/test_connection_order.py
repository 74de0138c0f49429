"""Which requests are answered directly, and the order of answers; with a fake transport."""

from collections.abc import Iterator

import pytest

from baton_inference.web.answers.answer import Answer
from baton_inference.web.transport.connection import MAX_DIRECT
from tests.support.fakes.connection import Client, Direct

HEAD = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n"
WHOLE = HEAD + b"\r\n{}"
GET = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture
def direct() -> Direct:
    return Direct()


@pytest.fixture
def client(direct: Direct) -> Iterator[Client]:
    client = Client(direct=direct)
    yield client
    client.close()


def answer(client: Client, direct: Direct, number: int, body: bytes = b"ok") -> None:
    """Answers an accepted request."""
    client.protocol.respond(direct.accepted[number], Answer(200, body), "id")


def read_bodies(client: Client) -> list[bytes]:
    """Reads the bodies of the answers so far."""
    parts = client.transport.written.split(b"HTTP/1.1 ")[1:]
    return [part.partition(b"\r\n\r\n")[2] for part in parts]


def test_whole_request_is_answered_directly(client: Client, direct: Direct) -> None:
    """Its answer is one write, and the connection stays open."""
    client.send(WHOLE)
    (exchange,) = direct.accepted
    assert (exchange.target, exchange.body) == (b"/predict", b"{}")
    answer(client, direct, 0)
    assert client.transport.writes == 1
    assert b"connection" not in client.transport.written
    assert client.transport.end == ""


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD, b"\r\n{}"),
        (WHOLE[:-1], WHOLE[-1:]),
    ],
)
def test_request_in_parts_is_whole_in_the_end(
    client: Client, direct: Direct, parts: tuple[bytes, ...]
) -> None:
    """A head that ends late is still direct; a body that ends late is not, ASGI has started."""
    for part in parts:
        client.send(part)
    assert len(direct.accepted) == (parts[0] == HEAD)


@pytest.mark.parametrize(
    "request_",
    [
        GET,
        WHOLE.replace(b"POST", b"PUT"),
        WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"),
        HEAD + b"connection: close\r\n\r\n{}",
        HEAD + b"connection: upgrade\r\nupgrade: h2c\r\n\r\n{}",
        HEAD + b"expect: 100-continue\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_special_request_uses_asgi(client: Client, direct: Direct, request_: bytes) -> None:
    """Only a POST that needs nothing special of HTTP is direct."""
    client.send(request_)
    assert direct.accepted == []
    assert len(client.loop.tasks) == 1


def test_request_behind_an_asgi_request_waits(client: Client, direct: Direct) -> None:
    """It starts when the answer to the earlier request is complete."""
    client.send(GET + WHOLE)
    assert direct.accepted == []
    assert not client.transport.reads
    client.run_tasks()
    assert len(direct.accepted) == 1
    assert client.transport.reads


def test_server_that_ends_uses_asgi(client: Client, direct: Direct) -> None:
    """At shutdown, every answer must carry `Connection: close`."""
    client.state.is_ending = True
    client.send(WHOLE)
    assert direct.accepted == []


def test_client_that_reads_slowly_uses_asgi(client: Client, direct: Direct) -> None:
    """ASGI waits until the client has read earlier answers."""
    client.protocol.pause_writing()
    client.send(WHOLE)
    assert direct.accepted == []
    assert len(client.loop.tasks) == 1


def test_pipelined_requests_are_bounded(client: Client, direct: Direct) -> None:
    """At most sixteen are open; the others start after their answers."""
    client.send(WHOLE * (MAX_DIRECT + 3))
    assert len(direct.accepted) == MAX_DIRECT
    assert not client.transport.reads
    for number in range(MAX_DIRECT):
        assert len(direct.accepted) == MAX_DIRECT
        answer(client, direct, number)
    assert len(direct.accepted) == MAX_DIRECT + 3
    assert client.transport.reads


def test_answers_leave_in_the_order_of_the_requests(client: Client, direct: Direct) -> None:
    """An early answer waits for those before it."""
    client.send(WHOLE * 3)
    answer(client, direct, 2, b"third")
    answer(client, direct, 1, b"second")
    assert client.transport.written == b""
    answer(client, direct, 0, b"first")
    assert read_bodies(client) == [b"first", b"second", b"third"]


def test_rejection_waits_for_earlier_answers(client: Client, direct: Direct) -> None:
    """Bytes that are not HTTP do not take the answers to the requests before them."""
    client.send(WHOLE + b"hello\r\n\r\n")
    assert client.transport.written == b""
    answer(client, direct, 0)
    first, second = client.transport.written.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200")
    assert second.startswith(b"400")
    assert client.transport.end == "half-closed"


def test_client_that_only_reads_gets_its_answers(client: Client, direct: Direct) -> None:
    """A client may close its half of the connection after its last request."""
    client.send(WHOLE * 2)
    assert client.protocol.eof_received()
    answer(client, direct, 0)
    assert client.transport.end == ""
    answer(client, direct, 1)
    assert b"connection: close" in client.transport.written
    assert client.transport.end == "closed"


@pytest.mark.parametrize("cut", [WHOLE[:9], WHOLE[:-1], GET[:-9]])
def test_a_cut_request_does_not_take_earlier_answers(
    client: Client, direct: Direct, cut: bytes
) -> None:
    """It gets no answer itself."""
    client.send(WHOLE * 2 + GET + cut)
    assert client.protocol.eof_received()
    answer(client, direct, 0)
    answer(client, direct, 1)
    assert client.transport.end == ""
    assert client.wait(1000) == ""
    client.run_tasks()
    parts = client.transport.written.split(b"HTTP/1.1 ")[1:]
    assert [b"connection: close" in part for part in parts] == [False, False, True]
    assert client.transport.end == "closed"


@pytest.mark.parametrize("sent", [b"", WHOLE[:-1], WHOLE[:9]])
def test_client_that_leaves_a_request_incomplete_is_gone(client: Client, sent: bytes) -> None:
    """No answer is possible."""
    client.send(sent)
    assert not client.protocol.eof_received()


def test_lost_connection_drops_its_answers(client: Client, direct: Direct) -> None:
    """An answer to a client that is gone is not written, and no error."""
    client.send(WHOLE)
    client.protocol.connection_lost(None)
    answer(client, direct, 0)
    assert client.transport.written == b""
    assert client.state.connections == set()


def test_ending_server_closes_after_the_last_answer(client: Client, direct: Direct) -> None:
    """Only the last answer carries `Connection: close`."""
    client.send(WHOLE * 2)
    client.state.is_ending = True
    answer(client, direct, 0)
    assert b"connection" not in client.transport.written
    answer(client, direct, 1)
    assert b"connection: close" in client.transport.written
    assert client.transport.end == "closed"


def test_idle_connection_is_closed(client: Client, direct: Direct) -> None:
    """The keep-alive time counts from the last request."""
    client.send(WHOLE)
    answer(client, direct, 0)
    assert client.wait(1) == ""
    assert client.wait(75) == ""
    client.send(WHOLE)
    answer(client, direct, 1)
    assert client.wait(1) == ""
    assert client.wait(76) == "closed"


def test_open_request_is_not_idle(client: Client) -> None:
    """A request may take longer than the keep-alive time."""
    client.send(WHOLE)
    assert client.wait(1000) == ""
    assert client.wait(1000) == ""


def test_nothing_counts_after_connection_close(client: Client, direct: Direct) -> None:
    """RFC 9112, 9.6."""
    client.send(HEAD + b"connection: close\r\n\r\n{}" + WHOLE + b"hello")
    client.run_tasks()
    assert client.transport.written.count(b"HTTP/1.1 ") == 1
    assert client.transport.end == "closed"
    assert direct.accepted == []


def test_bad_target_is_rejected_in_its_turn(client: Client, direct: Direct) -> None:
    """The requests before it are answered, those after it are not."""
    client.send(WHOLE + b"GET http://[/ HTTP/1.1\r\nhost: x\r\n\r\n" + WHOLE)
    answer(client, direct, 0)
    assert [part[:3] for part in client.transport.written.split(b"HTTP/1.1 ")[1:]] == [
        b"200",
        b"400",
    ]
    assert client.transport.end == "half-closed"
    assert len(direct.accepted) == 1


def test_slow_request_does_not_take_earlier_answers(client: Client, direct: Direct) -> None:
    """The rejection waits for them."""
    client.send(WHOLE + WHOLE[:9])
    assert client.wait(1000) == ""
    assert client.wait(1) == ""
    answer(client, direct, 0)
    parts = client.transport.written.split(b"HTTP/1.1 ")[1:]
    assert [part[:3] for part in parts] == [b"200", b"408"]
    assert client.transport.end == "half-closed"


def test_answer_that_cannot_be_encoded_closes_the_connection(
    client: Client, direct: Direct
) -> None:
    """Later answers could never be written."""
    client.send(WHOLE * 2)
    with pytest.raises(ValueError, match="line break"):
        client.protocol.respond(direct.accepted[0], Answer(200, b"", b"a\nb"), "id")
    assert client.transport.end == "closed"
