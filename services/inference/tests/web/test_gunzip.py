"""Gzip, inflated under a limit."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import MalformedBody
from baton_inference.web.gunzip import Gunzip

LIMIT = 1000


def inflate(*pieces: bytes) -> bytes:
    """What the pieces inflate to."""
    gunzip = Gunzip(LIMIT)
    content = b"".join(gunzip.feed(piece) for piece in pieces)
    gunzip.check_whole()
    return content


@given(st.lists(st.binary(max_size=200), max_size=4), st.integers(1, 50))
def test_any_members_in_any_pieces(members: list[bytes], size: int) -> None:
    """Members that follow one another, cut anywhere, give their contents in order."""
    packed = b"".join(map(gzip.compress, members))
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert inflate(*pieces) == b"".join(members)


@pytest.mark.parametrize("cut", [1, 5, 12, 20])
def test_a_stream_that_is_cut_off(cut: int) -> None:
    """A stream that ends too early is refused."""
    with pytest.raises(MalformedBody, match="cut off"):
        inflate(gzip.compress(b"content" * 9)[:-cut])


@pytest.mark.parametrize("odd", [b"{}", b"\x1f\x8b\x00", gzip.compress(b"a", mtime=0) + b"more"])
def test_what_is_not_gzip(odd: bytes) -> None:
    """What is not gzip is refused."""
    with pytest.raises(MalformedBody):
        inflate(odd)


def test_a_bomb_goes_off_at_one_byte_over() -> None:
    """However much a piece would inflate to, it gives one byte over the limit, and no more."""
    bomb = gzip.compress(b"0" * 50_000_000)
    tracemalloc.start()
    gunzip = Gunzip(LIMIT)
    assert len(gunzip.feed(bomb)) == LIMIT + 1
    assert gunzip.feed(bomb) == b""
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
