"""Reads bytes as requests, without sockets."""

import pytest

from baton_inference.web.transport.reader import MAX_HEAD_BYTES, InvalidRequest, RequestReader

HEAD = b"POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


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
    assert request.headers == [(b"host", b"x"), (b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(
    ("head", "is_plain", "keeps_alive"),
    [
        (b"POST / HTTP/1.1\r\nhost: x\r\n", True, True),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", False, True),
        (b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n", False, True),
        (b"POST / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\n", False, True),
        (b"POST / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade\r\n", False, False),
        (b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", False, False),
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


def test_bytes_of_an_earlier_request_do_not_count_as_head() -> None:
    """A read may hold the end of a large body and the first bytes of the next head."""
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n")
    reader.feed(b"x" * 200_000 + b"POST / HT")
    with pytest.raises(InvalidRequest) as caught:
        reader.feed(b"y" * (MAX_HEAD_BYTES + 1))
    assert caught.value.status == 400
    reader = RequestReader()
    reader.feed(HEAD + b"bodyGET /")
    for _ in range(MAX_HEAD_BYTES):
        reader.feed(b"y")
    with pytest.raises(InvalidRequest) as caught:
        reader.feed(b"y")
    assert caught.value.status == 431


def test_pipelined_requests_may_end_anywhere() -> None:
    """No read ends between two requests."""
    reader = RequestReader()
    sent = HEAD + b"body"
    reader.feed(sent[:9])
    for _ in range(2000):
        reader.feed(sent[9:] + sent[:9])
    assert len(reader.requests) == 2000


@pytest.mark.parametrize("start", [b"0\r\nx: ", b"1\r\na\r\n0\r\nx: ", b"1;x="])
def test_trailers_and_chunk_extensions_are_limited(start: bytes) -> None:
    """They would take memory or time without end, and are no part of the body."""
    reader = RequestReader()
    reader.feed(CHUNKED + start)
    reader.feed(b"y" * (MAX_HEAD_BYTES - 1000))
    with pytest.raises(InvalidRequest) as caught:
        reader.feed(b"y" * 1000)
    assert caught.value.status == 431


def test_short_chunks_are_not_limited() -> None:
    """A client may send each byte as a chunk."""
    reader = RequestReader()
    reader.feed(CHUNKED)
    for _ in range(MAX_HEAD_BYTES):
        reader.feed(b"1\r\na\r\n")
    assert len(reader.requests[0].body) == MAX_HEAD_BYTES


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\nHost: x\r\n", 400),
        (b"GET / HTTP/1.0\r\nhost: x\r\nhost: y\r\n", 400),
        (b"GET / HTTP/2.0\r\nhost: x\r\n", 505),
        (b"GET / HTTP/0.9\r\nhost: x\r\n", 505),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n", 501),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n", 501),
    ],
)
def test_unsupported_head_is_rejected(head: bytes, status: int) -> None:
    """The requests before it count, those behind it do not."""
    reader = RequestReader()
    with pytest.raises(InvalidRequest) as caught:
        reader.feed(HEAD + b"body" + head + b"\r\n" + HEAD)
    assert caught.value.status == status
    assert len(reader.requests) == 1
