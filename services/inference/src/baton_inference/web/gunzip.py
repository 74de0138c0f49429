"""Gzip, inflated piece by piece and never far beyond what is wanted."""

import zlib

from baton_inference.errors import MalformedBody

_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # zlib's way to say: a gzip header, and any window


class Gunzip:
    """Inflates a gzip stream piece by piece, never further than one byte over a limit."""

    def __init__(self, limit: int) -> None:
        self._left = limit + 1
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        self._is_started = False

    def feed(self, piece: bytes) -> bytes:
        """What the piece inflates to, cut off one byte over the limit.

        Raises:
            MalformedBody: not gzip.
        """
        inflated = bytearray()
        try:
            while piece and self._left > 0:
                if self._stream.eof:  # RFC 1952, 2.2: members may follow one another
                    self._stream = zlib.decompressobj(_GZIP_WINDOW)
                self._is_started = True
                inflated += self._stream.decompress(piece, self._left - len(inflated))
                if len(inflated) >= self._left:
                    break
                piece = self._stream.unused_data
        except zlib.error as error:
            raise MalformedBody("the body is not gzip") from error
        self._left -= len(inflated)
        return bytes(inflated)

    def check_whole(self) -> None:
        """Raises `MalformedBody` where the stream ended too early."""
        if self._is_started and not self._stream.eof:
            raise MalformedBody("the gzip stream of the body is cut off")
