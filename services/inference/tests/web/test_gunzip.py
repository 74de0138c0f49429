"""Gzip decompression with a limit."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import MalformedBody
from baton_inference.web.gunzip import Gunzip

LIMIT = 1000


def decompress(*pieces: bytes) -> bytes:
    """Decompresses a whole stream."""
    gunzip = Gunzip(LIMIT)
    content = b"".join(gunzip.feed(piece) for piece in pieces)
    gunzip.check_complete()
    return content


@given(st.lists(st.binary(max_size=200), max_size=4), st.integers(1, 50))
def test_any_members_in_any_pieces(members: list[bytes], size: int) -> None:
    """Several members, split anywhere, give their contents in order."""
    packed = b"".join(map(gzip.compress, members))
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert decompress(*pieces) == b"".join(members)


@pytest.mark.parametrize("cut", [1, 5, 12, 20])
def test_incomplete_stream_is_rejected(cut: int) -> None:
    """A stream that ends too early is malformed."""
    with pytest.raises(MalformedBody, match="incomplete"):
        decompress(gzip.compress(b"content" * 9)[:-cut])


@pytest.mark.parametrize("body", [b"{}", b"\x1f\x8b\x00", gzip.compress(b"a", mtime=0) + b"more"])
def test_body_that_is_not_gzip_is_rejected(body: bytes) -> None:
    """A body with another format is malformed."""
    with pytest.raises(MalformedBody):
        decompress(body)


def test_gzip_bomb_stops_one_byte_over_the_limit() -> None:
    """The output is at most one byte over the limit, whatever the input is."""
    bomb = gzip.compress(b"0" * 50_000_000)
    tracemalloc.start()
    gunzip = Gunzip(LIMIT)
    assert len(gunzip.feed(bomb)) == LIMIT + 1
    assert gunzip.feed(bomb) == b""
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_many_members_do_not_copy_each_other() -> None:
    """A copy of all members behind each one would take time with the square of their number."""
    packed = gzip.compress(b"") * 100_000
    tracemalloc.start()
    assert decompress(packed) == b""
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
