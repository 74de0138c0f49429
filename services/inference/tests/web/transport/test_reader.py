"""Reads bytes as requests, without sockets."""

import pytest

from baton_inference.web.transport.reader import MAX_HEAD_BYTES, InvalidRequest, RequestReader

HEAD = b"POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"


def test_bytes_may_arrive_in_any_pieces() -> None:
    """The request is the same, whole or byte by byte."""
    for size in (1, 7, len(HEAD), len(HEAD) + 4):
        reader = RequestReader()
        sent = HEAD + b"body"
        for start in range(0, len(sent), size):
            reader.feed(sent[start : start + size])
        (request,) = reader.requests
        assert (request.method, request.target, request.version) == ("POST", b"/a?b", "1.1")
        assert request.headers == [(b"host", b"x"), (b"content-length", b"4")]
        assert request.take_body() == b"body"
        assert request.take_body() == b""
        assert request.is_whole
        assert reader.current is None


def test_requests_keep_their_order() -> None:
    """The last one may be incomplete."""
    reader = RequestReader()
    reader.feed(HEAD + b"one." + HEAD + b"two." + HEAD + b"th")
    assert [bytes(each.body) for each in reader.requests] == [b"one.", b"two.", b"th"]
    assert [each.is_whole for each in reader.requests] == [True, True, False]
    assert reader.current is reader.requests[-1]


def test_chunks_become_the_body_and_trailers_are_ignored() -> None:
    """A trailer cannot add a header after the checks."""
    reader = RequestReader()
    reader.feed(CHUNKED + b"2\r\nab\r\n1\r\nc\r\n0\r\nx-api-key: stolen\r\n\r\n")
    (request,) = reader.requests
    assert request.take_body() == b"abc"
    assert request.headers == [(b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(
    ("head", "is_plain", "keeps_alive"),
    [
        (b"POST / HTTP/1.1\r\n", True, True),
        (b"GET / HTTP/1.1\r\n", False, True),
        (b"POST / HTTP/1.1\r\nexpect: 100-continue\r\n", False, True),
        (b"POST / HTTP/1.1\r\nupgrade: h2c\r\n", False, True),
        (b"POST / HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade\r\n", False, False),
        (b"POST / HTTP/1.1\r\nconnection: close\r\n", False, False),
        (b"POST / HTTP/1.0\r\n", False, False),
        (b"POST / HTTP/1.0\r\nconnection: keep-alive\r\n", False, False),
    ],
)
def test_what_a_request_needs_of_the_connection(
    head: bytes, *, is_plain: bool, keeps_alive: bool
) -> None:
    """A request that ends the connection is the last one."""
    reader = RequestReader()
    reader.feed(head + b"\r\n")
    reader.feed(HEAD)
    assert len(reader.requests) == 1 + keeps_alive
    assert reader.requests[0].is_plain is is_plain
    assert reader.requests[0].keeps_alive is keeps_alive


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        HEAD[:-2] + b"content-length: 4\r\n\r\n",
        HEAD[:-2] + b"content-length: 5\r\n\r\n",
        HEAD[:-2] + b"transfer-encoding: chunked\r\n\r\n",
        CHUNKED + b"zz\r\n",
        b"GET / HTTP/1.1\r\n x: folded\r\n\r\n",
    ],
)
def test_ambiguous_bytes_are_invalid(sent: bytes) -> None:
    """Two readers could see different requests: RFC 9112, 11.2."""
    with pytest.raises(InvalidRequest) as caught:
        RequestReader().feed(sent)
    assert caught.value.status == 400


def test_large_head_is_invalid() -> None:
    """The limit counts the bytes of the current request."""
    reader = RequestReader()
    reader.feed(HEAD + b"x" * 4)
    reader.feed(b"GET / HTTP/1.1\r\nx: ".ljust(MAX_HEAD_BYTES, b"y"))
    with pytest.raises(InvalidRequest) as caught:
        reader.feed(b"y")
    assert caught.value.status == 431


def test_closed_reader_reads_nothing() -> None:
    """It may be fed until the connection is gone."""
    reader = RequestReader()
    reader.feed(HEAD)
    reader.close()
    reader.feed(b"body" + HEAD)
    assert not reader.requests
