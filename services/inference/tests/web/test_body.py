"""Reading bodies within limits."""

import asyncio
import gzip

import pytest

from baton_inference.errors import BodyTooLarge, ClientDisconnected, Overloaded
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.workers import Workers
from baton_inference.web.answers.answer import Message
from baton_inference.web.body import BODIES_IN_MEMORY, BodyReader, MemoryShare

LIMIT = 10


class Wire:
    """Sends a body piece by piece, and counts the received pieces."""

    def __init__(self, *pieces: bytes, is_cut: bool = False) -> None:
        self.pieces = [*pieces]
        self.is_cut = is_cut
        self.taken = 0

    async def receive(self) -> Message:
        if self.taken == len(self.pieces):
            return {"type": "http.disconnect"}
        self.taken += 1
        is_last = self.taken == len(self.pieces) and not self.is_cut
        piece = self.pieces[self.taken - 1]
        return {"type": "http.request", "body": piece, "more_body": not is_last}


def read(wire: Wire, length: int | None = None, bodies: BodyReader | None = None) -> bytes:
    """Reads a whole body."""
    reader = bodies or BodyReader(LIMIT, Workers())
    headers = [] if length is None else [(b"content-length", str(length).encode())]

    async def use() -> bytes:
        with reader.open_share() as share:
            return await reader.read(wire.receive, MediaHeaders(headers), share)

    return asyncio.run(use())


def test_pieces_are_joined() -> None:
    """A body up to the limit may arrive in any pieces."""
    assert read(Wire(b"12345", b"", b"67890")) == b"1234567890"
    assert read(Wire(b"")) == b""


def test_content_length_over_the_limit_is_rejected_unread() -> None:
    """A Content-Length over the limit is rejected before a byte is read."""
    wire = Wire(b"1")
    with pytest.raises(BodyTooLarge):
        read(wire, length=LIMIT + 1)
    assert wire.taken == 0


def test_reading_stops_at_the_limit() -> None:
    """Without a length, reading stops at the piece that exceeds the limit."""
    wire = Wire(b"12345", b"67890", b"1", b"never read")
    with pytest.raises(BodyTooLarge):
        read(wire)
    assert wire.taken == 3


def test_disconnect_has_its_own_error() -> None:
    """A disconnect before the end of the body raises `ClientDisconnected`."""
    with pytest.raises(ClientDisconnected):
        read(Wire(b"123", is_cut=True))


def test_memory_of_all_bodies_is_limited() -> None:
    """Bytes of other requests count until those requests end."""
    reader = BodyReader(LIMIT, Workers())
    held: list[MemoryShare] = [reader.open_share() for _ in range(BODIES_IN_MEMORY)]
    for share in held:
        share.take(LIMIT)
    with pytest.raises(Overloaded):
        read(Wire(b"1"), bodies=reader)
    held[0].__exit__()
    assert read(Wire(b"1234567890"), bodies=reader) == b"1234567890"
    assert read(Wire(b"1234567890"), bodies=reader) == b"1234567890"


def test_gzip_that_holds_nothing_is_limited() -> None:
    """The compressed bytes count, too: empty members would never reach the limit."""
    bodies = BodyReader(100, Workers())
    wire = Wire(*[gzip.compress(b"")] * 9)

    async def use() -> bytes:
        with bodies.open_share() as share:
            media = MediaHeaders([(b"content-encoding", b"gzip")])
            return await bodies.read(wire.receive, media, share)

    with pytest.raises(BodyTooLarge):
        asyncio.run(use())
    assert wire.taken == 6
